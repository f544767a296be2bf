#include "io/process_facts.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "io/clock.h"
#include "io/fd.h"

namespace headroom::io {
namespace {
// A small file of /proc, whole.
std::string read_small(const char* path) {
  std::array<char, 4096> bytes{};
  const Fd file(::open(path, O_RDONLY | O_CLOEXEC));
  const ssize_t size = file ? ::read(file.get(), bytes.data(), bytes.size()) : -1;
  return size > 0 ? std::string(bytes.data(), static_cast<std::size_t>(size)) : std::string();
}

// Field `number` (as proc(5) counts them) of /proc/self/stat; the name in parentheses may hold blanks.
long long stat_field(std::string_view stat, int number) {
  const auto end_of_name = stat.rfind(')');
  if (end_of_name == std::string_view::npos) return -1;
  stat.remove_prefix(end_of_name + 2);
  for (int at = 3; at < number; ++at) {
    const auto blank = stat.find(' ');
    if (blank == std::string_view::npos) return -1;
    stat.remove_prefix(blank + 1);
  }
  return std::atoll(std::string(stat.substr(0, stat.find(' '))).c_str());
}

std::int64_t count_open_files() {
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return -1;
  std::int64_t count = -3;  // ".", ".." and the folder itself
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count;
}
}  // namespace

telemetry::ProcessFacts process_facts() {
  telemetry::ProcessFacts facts;
  const std::string stat = read_small("/proc/self/stat");
  if (!stat.empty()) {
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    facts.threads = stat_field(stat, 20);
    facts.virtual_bytes = stat_field(stat, 23);
    facts.resident_bytes = stat_field(stat, 24) * ::sysconf(_SC_PAGESIZE);
    double up = 0;
    if (std::sscanf(read_small("/proc/uptime").c_str(), "%lf", &up) == 1) {
      const double age = up - static_cast<double>(stat_field(stat, 22)) / ticks;
      facts.start_time_seconds = seconds(wall_now().time_since_epoch()) - age;
    }
  }
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    const auto value = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
    facts.cpu_seconds = value(usage.ru_utime) + value(usage.ru_stime);
  }
  facts.open_fds = count_open_files();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) facts.max_fds = static_cast<std::int64_t>(limit.rlim_cur);
  return facts;
}
}  // namespace headroom::io
