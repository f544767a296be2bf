#include "io/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "io/cgroup.h"
#include "io/cgroup_paths.h"
#include "io/clock.h"
#include "io/cpu_budget.h"
#include "io/wait.h"

namespace headroom::io {
namespace {
using namespace std::chrono_literals;

Process shell(const std::string& script, SpawnOptions options = {}) {
  options.program = "/bin/sh";
  options.arguments = {"-c", script};
  auto child = Process::spawn(options);
  EXPECT_TRUE(child);
  return std::move(*child);
}

ExitStatus wait_for(Process& process) {
  Watch watch{process.exit_descriptor()};
  for (int i = 0; i < 100; ++i) {
    wait_readable({&watch, 1}, 100ms);
    if (const auto status = process.ended()) return *status;
  }
  return {true, -1};
}

TEST(Process, TellsHowItEnded) {
  Process seven = shell("exit 7");
  EXPECT_EQ(wait_for(seven).text(), "exit 7");
  Process killed = shell("sleep 30");
  killed.send(ChildSignal::kill);
  EXPECT_EQ(wait_for(killed).text(), "killed by SIGKILL");
}

TEST(Process, AProgramThatIsNotThereIsAnError) {
  const auto child = Process::spawn({.program = "/no/such/program", .arguments = {}, .inherit = {}, .join = {}});
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().system_error, ENOENT);
}

TEST(Process, InheritsWhatItShouldAndNothingElse) {
  auto given = make_pipe();
  auto kept = make_pipe();
  Process child = shell("echo x >&" + std::to_string(given->write.get()) + "; test ! -e /proc/$$/fd/" + std::to_string(kept->write.get()),
                        {.program = "", .arguments = {}, .inherit = {given->write.get()}, .join = {}});
  EXPECT_EQ(wait_for(child).text(), "exit 0");
  std::byte got[2];
  EXPECT_EQ(read_some(given->read.get(), got), 2U);
}

TEST(Process, ItsEndCanBeSeenBeforeItIsReaped) {
  Process child = shell("exit 0");
  Watch watch{child.exit_descriptor()};
  wait_readable({&watch, 1}, 60s);
  EXPECT_TRUE(child.ended_unreaped());
  EXPECT_TRUE(child.ended_unreaped());
  EXPECT_TRUE(child.ended());
  EXPECT_FALSE(child.ended_unreaped());
}

TEST(Process, NoneOutlivesTheThreadThatStartedIt) {
  int pid = 0;
  std::thread([&] {
    static Process* leaked = new Process(shell("sleep 30"));  // nobody will destroy it
    pid = leaked->pid();
  }).join();
  bool gone = false;
  for (int i = 0; i < 6000 && !gone; ++i, std::this_thread::sleep_for(10ms)) {
    siginfo_t info{};
    gone = ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
  }
  EXPECT_TRUE(gone);
}

TEST(CpuQuota, IsTheKubeletsWithAtLeastAMillisecond) {
  EXPECT_EQ(cpu_quota(1).quota, 100ms);
  EXPECT_EQ(cpu_quota(1).period, 100ms);
  EXPECT_EQ(cpu_quota(0.01).quota, 1ms);
  EXPECT_EQ(cpu_quota(0.01).period, 100ms);
  EXPECT_EQ(cpu_quota(0.005).quota, 1ms);
  EXPECT_EQ(cpu_quota(0.005).period, 200ms);
  EXPECT_EQ(cpu_quota(0.0001).period, 1s);
}

TEST(CgroupPaths, TheV1MountOfTheControllerWins) {
  const char* mounts =
      "30 23 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
      "31 23 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n";
  const auto mount = find_hierarchy("cpu", mounts, "4:cpu,cpuacct:/user\n0::/session\n");
  EXPECT_EQ(mount.mount_point, "/sys/fs/cgroup/cpu,cpuacct");
  EXPECT_EQ(mount.own_path, "/user");
  EXPECT_FALSE(mount.v2);
}

TEST(CgroupPaths, AContainersRootIsNotPartOfItsPath) {
  const auto mount = find_hierarchy("cpu", "30 23 0:26 /docker/abc /sys/fs/cgroup rw shared:1 - cgroup2 cgroup rw\n", "0::/docker/abc/inner\n");
  EXPECT_EQ(mount.own_path, "/inner");
  EXPECT_TRUE(mount.v2);
}

TEST(CgroupPaths, NoMountIsNone) { EXPECT_TRUE(find_hierarchy("cpu", "garbage\n1 2 3\n", "0::/\n").mount_point.empty()); }

TEST(CpusGranted, IsAtLeastOneAndNotMoreThanThereAre) {
  EXPECT_GE(cpus_granted(), 1);
  EXPECT_LE(cpus_granted(), static_cast<int>(std::thread::hardware_concurrency()));
}

constexpr const char* kBurn = "while :; do :; done";

/// Waits for 200 ms of CPU and some throttling, however long a busy machine takes for it: at a tenth of a core they last two seconds,
/// unlimited on an idle machine a fifth of one.
template <class Cpu, class Throttled>
void expect_held_to_a_tenth(Cpu cpu, Throttled throttled_periods) {
  const auto start = std::chrono::steady_clock::now();
  while (cpu() < 200ms || throttled_periods() <= 2) {
    ASSERT_LT(std::chrono::steady_clock::now() - start, 60s) << cpu().count() << " ns, throttled " << throttled_periods();
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_GT(std::chrono::steady_clock::now() - start, 1s);
}

TEST(Cgroup, HoldsAChildToItsQuota) {
  std::string why_not;
  auto tree = CgroupTree::find(why_not);
  if (!tree) GTEST_SKIP() << why_not;
  auto group = tree->create("burner", {.cpu_cores = 0.1, .memory_bytes = 64U << 20U});
  ASSERT_TRUE(group) << group.error().message;
  {
    Process child = shell(kBurn, {.program = "", .arguments = {}, .inherit = {}, .join = group->join_descriptors()});
    expect_held_to_a_tenth([&] { return group->usage().cpu; }, [&] { return group->usage().throttled_periods; });
    EXPECT_GT(group->usage().memory_bytes, 0U);
  }
}

TEST(CpuBudget, HoldsAChildToItsQuotaWithoutCgroups) {
  CpuBudget budget;
  Process child = shell(kBurn);
  budget.add(child.pid(), 0.1);
  expect_held_to_a_tenth([&] { return child.usage().cpu; }, [&] { return budget.counters(child.pid()).throttled_periods; });
  budget.remove(child.pid());
}
}  // namespace
}  // namespace headroom::io
