#include "io/cgroup.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "io/cgroup_paths.h"
#include "io/fd.h"

namespace headroom::io {
namespace {
constexpr Duration kUsualPeriod = std::chrono::milliseconds(100);
constexpr Duration kLongestPeriod = std::chrono::seconds(1);
constexpr Duration kSmallestQuota = std::chrono::milliseconds(1);
constexpr const char* kOurs = "headroom-";

std::string with_errno(const std::string& what) { return what + ": " + std::strerror(errno); }

expected<void, CgroupError> write_text(const std::string& path, const std::string& text) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return unexpected(CgroupError{with_errno("cannot write " + path)});
  }
  return {};
}

std::uint64_t number_in(const std::string& path) {
  unsigned long long value = 0;
  std::sscanf(read_small(path).c_str(), "%llu", &value);
  return value;
}

/// The value behind `key` in a file of "key value" lines.
std::uint64_t field(const std::string& text, const std::string& key) {
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
    if ((at == 0 || text[at - 1] == '\n') && text[at + key.size()] == ' ') return std::strtoull(&text[at + key.size()], nullptr, 10);
  }
  return 0;
}

long long microseconds(Duration d) { return std::chrono::duration_cast<std::chrono::microseconds>(d).count(); }

/// Removes the groups of processes that are gone. Their children died with them (process.h), so the groups are empty.
void remove_stale(const std::string& parent) {
  DIR* directory = ::opendir(parent.c_str());
  if (directory == nullptr) return;
  std::vector<std::string> stale;
  while (const dirent* entry = ::readdir(directory)) {
    int pid = 0;
    if (std::sscanf(entry->d_name, "headroom-%d", &pid) == 1 && pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) {
      stale.push_back(parent + "/" + entry->d_name);
    }
  }
  ::closedir(directory);
  for (const auto& group : stale) {
    if (DIR* inner = ::opendir(group.c_str())) {
      while (const dirent* entry = ::readdir(inner)) {
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.') ::rmdir((group + "/" + entry->d_name).c_str());
      }
      ::closedir(inner);
    }
    ::rmdir(group.c_str());
  }
}

/// rmdir is refused for a moment after the last process has been reaped.
void remove_group(const std::string& path) {
  for (int attempt = 0; attempt < 50 && ::rmdir(path.c_str()) != 0 && errno == EBUSY; ++attempt) ::usleep(2000);
}

/// Our group below `parent`, or empty with the reason.
std::string make_own(const std::string& parent, std::string& why_not) {
  remove_stale(parent);
  std::string path = parent + (parent.ends_with('/') ? "" : "/") + kOurs + std::to_string(::getpid());
  if (::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) return path;
  why_not = with_errno("cannot make " + path);
  return {};
}
}  // namespace

CpuQuota cpu_quota(double cores) {
  Duration period = kUsualPeriod;
  if (seconds(period) * cores < seconds(kSmallestQuota)) {
    period = std::min(kLongestPeriod, from_seconds(seconds(kSmallestQuota) / cores));
  }
  return {std::max(kSmallestQuota, from_seconds(std::round(seconds(period) * cores * 1e6) / 1e6)), period};
}

struct Cgroup::Impl {
  bool v2 = false;
  std::string cpu, accounting, memory;  // directories; v2: the same one; memory may be empty
  std::vector<Fd> procs;

  ~Impl() {
    procs.clear();
    for (const auto* path : {&memory, &accounting, &cpu}) {
      if (!path->empty()) remove_group(*path);
    }
  }
};

Cgroup::Cgroup(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Cgroup::Cgroup(Cgroup&&) noexcept = default;
Cgroup& Cgroup::operator=(Cgroup&&) noexcept = default;
Cgroup::~Cgroup() = default;

std::vector<int> Cgroup::join_descriptors() const {
  std::vector<int> descriptors;
  for (const auto& each : impl_->procs) descriptors.push_back(each.get());
  return descriptors;
}

CgroupUsage Cgroup::usage() const {
  const std::string stat = read_small(impl_->cpu + "/cpu.stat");
  CgroupUsage usage;
  usage.periods = field(stat, "nr_periods");
  usage.throttled_periods = field(stat, "nr_throttled");
  std::uint64_t cache = 0;
  if (impl_->v2) {
    usage.cpu = std::chrono::microseconds(field(stat, "usage_usec"));
    usage.throttled = std::chrono::microseconds(field(stat, "throttled_usec"));
    usage.memory_bytes = number_in(impl_->memory + "/memory.current");
    cache = field(read_small(impl_->memory + "/memory.stat"), "inactive_file");
  } else {
    usage.cpu = Duration(number_in(impl_->accounting + "/cpuacct.usage"));
    usage.throttled = Duration(field(stat, "throttled_time"));
    if (!impl_->memory.empty()) {
      usage.memory_bytes = number_in(impl_->memory + "/memory.usage_in_bytes");
      cache = field(read_small(impl_->memory + "/memory.stat"), "total_inactive_file");
    }
  }
  usage.memory_bytes -= std::min(usage.memory_bytes, cache);
  return usage;
}

struct CgroupTree::Impl {
  bool v2 = false;
  std::string cpu, accounting, memory;  // our own groups, parents of the replicas'

  ~Impl() {
    for (const auto* path : {&memory, &accounting, &cpu}) {
      if (!path->empty()) remove_group(*path);
    }
  }
  bool open_v1(std::string& why_not);
  bool open_v2(const CgroupMount& mount, std::string& why_not);
};

bool CgroupTree::Impl::open_v1(std::string& why_not) {
  const auto make = [&](const char* controller) {
    const CgroupMount mount = find_hierarchy(controller);
    if (mount.mount_point.empty() || mount.v2) return std::string();
    return make_own(mount.mount_point + mount.own_path, why_not);
  };
  cpu = make("cpu");
  if (cpu.empty()) return false;
  accounting = make("cpuacct");  // often the same directory
  if (accounting.empty()) return false;
  std::string ignored;
  std::swap(ignored, why_not);
  memory = make("memory");  // a missing one costs the memory limit alone
  why_not = ignored;
  return true;
}

/// The nearest group, from ours upward, in which a child gets the cpu controller. Ours itself cannot give it while it holds
/// processes (the kernel's "no internal processes" rule), so it is mostly the one above: a slice delegated to this user.
bool CgroupTree::Impl::open_v2(const CgroupMount& mount, std::string& why_not) {
  v2 = true;
  for (std::string path = mount.own_path;; path.resize(path.rfind('/'))) {
    const std::string parent = mount.mount_point + (path == "/" ? "" : path);
    (void)write_text(parent + "/cgroup.subtree_control", "+cpu +memory");
    const std::string own = make_own(parent, why_not);
    if (!own.empty() && !read_small(own + "/cpu.max").empty() && write_text(own + "/cgroup.subtree_control", "+cpu +memory")) {
      cpu = accounting = memory = own;
      return true;
    }
    if (!own.empty()) {
      why_not = "the cpu controller is not enabled below " + parent;
      ::rmdir(own.c_str());
    }
    if (path.empty() || path == "/") return false;
  }
}

CgroupTree::CgroupTree(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CgroupTree::CgroupTree(CgroupTree&&) noexcept = default;
CgroupTree& CgroupTree::operator=(CgroupTree&&) noexcept = default;
CgroupTree::~CgroupTree() = default;

std::optional<CgroupTree> CgroupTree::find(std::string& why_not) {
  const CgroupMount mount = find_cpu_hierarchy();
  if (mount.mount_point.empty()) {
    why_not = "no cgroup hierarchy is mounted here";
    return std::nullopt;
  }
  auto impl = std::make_unique<Impl>();
  const bool open = mount.v2 ? impl->open_v2(mount, why_not) : impl->open_v1(why_not);
  if (!open) return std::nullopt;
  return CgroupTree(std::move(impl));
}

const char* CgroupTree::version() const { return impl_->v2 ? "cgroup v2" : "cgroup v1"; }

expected<Cgroup, CgroupError> CgroupTree::create(const std::string& name, const CgroupLimits& limits) {
  auto group = std::make_unique<Cgroup::Impl>();
  group->v2 = impl_->v2;
  const auto make = [&](const std::string& parent, std::string& into) -> expected<void, CgroupError> {
    if (parent.empty()) return {};
    const std::string path = parent + "/" + name;
    if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) return unexpected(CgroupError{with_errno("cannot make " + path)});
    into = path;
    Fd procs(::open((path + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
    if (!procs) return unexpected(CgroupError{with_errno("cannot open " + path + "/cgroup.procs")});
    group->procs.push_back(std::move(procs));
    return {};
  };
  HEADROOM_TRY_VOID(make(impl_->cpu, group->cpu));
  if (!impl_->v2) {
    if (impl_->accounting != impl_->cpu) {
      HEADROOM_TRY_VOID(make(impl_->accounting, group->accounting));
    } else {
      group->accounting = group->cpu;
    }
    HEADROOM_TRY_VOID(make(impl_->memory, group->memory));
  } else {
    group->accounting = group->memory = group->cpu;
  }
  if (limits.cpu_cores > 0) {
    const CpuQuota quota = cpu_quota(limits.cpu_cores);
    const std::string quota_us = std::to_string(microseconds(quota.quota));
    const std::string period_us = std::to_string(microseconds(quota.period));
    if (impl_->v2) {
      HEADROOM_TRY_VOID(write_text(group->cpu + "/cpu.max", quota_us + " " + period_us));
    } else {
      HEADROOM_TRY_VOID(write_text(group->cpu + "/cpu.cfs_period_us", period_us));
      HEADROOM_TRY_VOID(write_text(group->cpu + "/cpu.cfs_quota_us", quota_us));
    }
  }
  if (limits.memory_bytes > 0 && !group->memory.empty()) {
    const char* file = impl_->v2 ? "/memory.max" : "/memory.limit_in_bytes";
    HEADROOM_TRY_VOID(write_text(group->memory + file, std::to_string(limits.memory_bytes)));
  }
  return Cgroup(std::move(group));
}
}  // namespace headroom::io
