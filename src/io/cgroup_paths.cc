#include "io/cgroup_paths.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "io/fd.h"

namespace headroom::io {
namespace {
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) break;
    text.remove_prefix(at + 1);
  }
  return parts;
}

bool holds(std::string_view list, std::string_view word) {
  for (const auto part : split(list, ',')) {
    if (part == word) return true;
  }
  return false;
}

/// A line of mountinfo is "ID PARENT DEV ROOT POINT OPTIONS [TAGS…] - TYPE SOURCE SUPER" (proc(5)).
struct Mount {
  std::string_view root, point, type, super_options;
};
bool parse_mount(std::string_view line, Mount& mount) {
  const auto dash = line.find(" - ");
  if (dash == std::string_view::npos) return false;
  const auto before = split(line.substr(0, dash), ' ');
  const auto after = split(line.substr(dash + 3), ' ');
  if (before.size() < 5 || after.size() < 3) return false;
  mount = {before[3], before[4], after[0], after[2]};
  return true;
}

/// A container may see only a part of the hierarchy: the mount's root is then a prefix of the path in /proc/self/cgroup.
std::string below_root(std::string_view path, std::string_view root) {
  if (root.size() > 1 && path.substr(0, root.size()) == root) path.remove_prefix(root.size());
  if (path.find("/..") != std::string_view::npos) return "/";  // outside what is mounted here
  return path.empty() ? "/" : std::string(path);
}
}  // namespace

CgroupMount find_hierarchy(std::string_view controller, std::string_view mountinfo, std::string_view own_groups) {
  std::string_view v1_path;
  std::string_view v2_path;
  for (const auto line : split(own_groups, '\n')) {  // "ID:CONTROLLERS:PATH"
    const auto first = line.find(':');
    const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    if (holds(controllers, controller)) v1_path = line.substr(second + 1);
    if (controllers.empty()) v2_path = line.substr(second + 1);
  }
  CgroupMount unified;
  for (const auto line : split(mountinfo, '\n')) {
    Mount mount;
    if (!parse_mount(line, mount)) continue;
    if (mount.type == "cgroup" && !v1_path.empty() && holds(mount.super_options, controller)) {
      return {std::string(mount.point), below_root(v1_path, mount.root), false};
    }
    if (mount.type == "cgroup2" && !v2_path.empty() && unified.mount_point.empty()) {
      unified = {std::string(mount.point), below_root(v2_path, mount.root), true};
    }
  }
  return unified;
}

CgroupMount find_hierarchy(std::string_view controller) {
  return find_hierarchy(controller, read_small("/proc/self/mountinfo"), read_small("/proc/self/cgroup"));
}

CgroupMount find_cpu_hierarchy() { return find_hierarchy("cpu"); }

std::string read_small(const std::string& path) {
  constexpr std::size_t kMost = 1U << 20U;
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 4096> part;
  while (file && text.size() < kMost) {
    const ssize_t got = ::read(file.get(), part.data(), part.size());
    if (got <= 0) break;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  return text;
}
}  // namespace headroom::io
