#include "io/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "io/fd.h"
#include "io/large_pages.h"

namespace headroom::io {
namespace {
FileError trouble_of(int error, const std::string& path) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return {FileTrouble::missing, path, error};
    case EACCES:
    case EPERM:
    case EROFS: return {FileTrouble::permission, path, error};
    case ELOOP: return {FileTrouble::link_loop, path, error};
    case EISDIR: return {FileTrouble::directory, path, error};
    case ENXIO: return {FileTrouble::not_regular, path, error};  // open() of a socket, or of a pipe without a reader
    case ENOSPC:
    case EDQUOT: return {FileTrouble::no_space, path, error};
    case EFBIG: return {FileTrouble::too_large, path, error};
    default: return {FileTrouble::failed, path, error};
  }
}

/// The same for a file that is to be made: what is missing then is its folder.
FileError trouble_of_new(int error, const std::string& path) {
  FileError trouble = trouble_of(error, path);
  if (trouble.trouble == FileTrouble::missing) trouble.trouble = FileTrouble::no_folder;
  return trouble;
}

FileBytes copy_of(const std::byte* data, std::size_t size) {
  auto owned = std::make_unique_for_overwrite<std::byte[]>(size);
  if (size > 0) std::memcpy(owned.get(), data, size);
  return {std::move(owned), size};
}

/// Reads to the end, or to one byte more than `most`. `expected_size` is only a first guess: a file can grow while it is read.
expected<FileBytes, FileError> read_all(int descriptor, const std::string& name, std::uint64_t most, std::size_t expected_size) {
  std::size_t capacity = std::max<std::size_t>(expected_size + 1, 4096);
  auto data = std::make_unique_for_overwrite<std::byte[]>(capacity);
  want_large_pages({data.get(), capacity});
  std::size_t size = 0;
  while (true) {
    if (size == capacity) {
      auto larger = std::make_unique_for_overwrite<std::byte[]>(capacity * 2);
      std::memcpy(larger.get(), data.get(), size);
      data = std::move(larger);
      capacity *= 2;
    }
    const auto got = ::read(descriptor, data.get() + size, capacity - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unexpected(trouble_of(errno, name));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size > most) return unexpected(FileError{FileTrouble::too_large, name, 0, most});
  }
  if (capacity > 2 * size + 4096) return copy_of(data.get(), size);
  return FileBytes(std::move(data), size);
}
}  // namespace

expected<FileBytes, FileError> read_file(const std::string& path, Bytes most) {
  // O_NONBLOCK: opening a pipe must not wait for its writer; it means nothing for regular files.
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return unexpected(trouble_of(errno, path));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return unexpected(trouble_of(errno, path));
  if (S_ISDIR(status.st_mode)) return unexpected(FileError{FileTrouble::directory, path, 0});
  if (!S_ISREG(status.st_mode)) return unexpected(FileError{FileTrouble::not_regular, path, 0});
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > most.count) return unexpected(FileError{FileTrouble::too_large, path, 0, most.count});
  return read_all(file.get(), path, most.count, static_cast<std::size_t>(size));
}

expected<FileBytes, FileError> read_descriptor(int descriptor, const std::string& name, Bytes most) {
  return read_all(descriptor, name, most.count, 0);
}

expected<void, FileError> write_descriptor(int descriptor, const std::string& name, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto wrote = ::write(descriptor, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return unexpected(trouble_of(errno, name));
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
  return {};
}

namespace {
expected<void, FileError> write_in_place(const std::string& path, std::span<const std::byte> bytes) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!file) return unexpected(trouble_of(errno, path));
  return write_descriptor(file.get(), path, bytes);
}
}  // namespace

namespace {
/// A new file beside `path`, to be renamed over it.
struct Beside {
  std::string name;
  Fd file;
};
// Not mkstemp: it makes files of mode 0600, and asking for the umask is not safe with threads.
expected<Beside, FileError> make_beside(const std::string& path) {
  Beside beside{path + "." + std::to_string(::getpid()) + ".tmp", Fd()};
  beside.file = Fd(::open(beside.name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!beside.file) return unexpected(trouble_of_new(errno, path));
  return beside;
}
}  // namespace

expected<void, FileError> write_file_atomically(const std::string& path, std::span<const std::byte> bytes) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return unexpected(FileError{FileTrouble::directory, path, 0});
    if (!S_ISREG(status.st_mode)) return write_in_place(path, bytes);
  }
  auto beside = make_beside(path);
  if (!beside) return unexpected(beside.error());
  const auto give_up = [&](FileError error) {
    ::unlink(beside->name.c_str());
    error.path = path;
    return unexpected(std::move(error));
  };
  if (auto wrote = write_descriptor(beside->file.get(), path, bytes); !wrote) return give_up(wrote.error());
  if (::fsync(beside->file.get()) != 0) return give_up(trouble_of(errno, path));
  if (::rename(beside->name.c_str(), path.c_str()) != 0) return give_up(trouble_of(errno, path));
  return {};
}

expected<void, FileError> try_to_write(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return unexpected(FileError{FileTrouble::directory, path, 0});
    if (!S_ISREG(status.st_mode)) return {};  // opening a pipe would wait for its reader
  }
  auto beside = make_beside(path);
  if (!beside) return unexpected(beside.error());
  ::unlink(beside->name.c_str());
  return {};
}

expected<Fd, FileError> create_file(const std::string& path) {
  Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0644));
  if (!file) return unexpected(trouble_of_new(errno, path));
  return file;
}

Failure to_failure(const FileError& error) {
  Failure failure{ExitCode::refused, {}, error.path, {}};
  const auto say = [&](const char* what, const char* remedy) {
    failure.what = what;
    failure.remedy = remedy;
  };
  switch (error.trouble) {
    case FileTrouble::missing: say("no such file", "check the path"); break;
    case FileTrouble::no_folder: say("its folder does not exist", "make the folder, or write elsewhere"); break;
    case FileTrouble::directory: say("is a directory, not a file", "name the file inside it"); break;
    case FileTrouble::not_regular: say("is a pipe, device or socket, not a regular file", "name a regular file"); break;
    case FileTrouble::permission: say("permission denied", "check the owner and mode of the file and its folder"); break;
    case FileTrouble::link_loop: say("symbolic links go in a circle", "name the real file"); break;
    case FileTrouble::no_space: say("no space left", "free some space or write elsewhere"); break;
    case FileTrouble::too_large:
      failure.what = "is larger than allowed" + (error.limit > 0 ? " (" + to_text(Bytes{error.limit}) + ")" : std::string());
      failure.remedy = "name a smaller file";
      break;
    case FileTrouble::failed:
      failure.what = std::string("cannot be read or written: ") + std::strerror(error.system_error);
      failure.remedy = "check the path";
      break;
  }
  return failure;
}
bool is_same_file(const std::string& a, const std::string& b) {
  struct stat of_a {}, of_b {};
  if (a == b) return !a.empty();
  return ::stat(a.c_str(), &of_a) == 0 && ::stat(b.c_str(), &of_b) == 0 && of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino && S_ISREG(of_a.st_mode);
}
}  // namespace headroom::io
