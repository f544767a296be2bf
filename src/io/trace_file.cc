#include "io/trace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace headroom::io {
expected<TraceFile, std::string> TraceFile::open(const std::string& path) {
  Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!fd) return unexpected(std::string(std::strerror(errno)));
  return TraceFile(std::move(fd));
}

bool TraceFile::append(std::string_view line) {
  std::string whole = torn_ ? "\n" : "";
  whole.append(line) += '\n';
  std::size_t written = 0;
  while (written < whole.size()) {
    const ssize_t n = ::write(fd_.get(), whole.data() + written, whole.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    written += static_cast<std::size_t>(n);
  }
  if (written == whole.size()) {
    torn_ = false;
    return true;
  }
  if (written == 0) return false;
  struct stat status {};
  const bool taken_back = ::fstat(fd_.get(), &status) == 0 && ::ftruncate(fd_.get(), status.st_size - static_cast<off_t>(written)) == 0;
  torn_ = torn_ || !taken_back;
  return false;
}
}  // namespace headroom::io
