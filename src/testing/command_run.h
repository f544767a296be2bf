// A command as a process, its two outputs kept: for tests that look at the program from outside.
#pragma once
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "io/clock.h"
#include "io/process.h"

namespace headroom::testing {
inline std::string contents_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// A folder of this test's own, gone with it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "headroom_test_XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// A running `program arguments…`. Waits are for what it does; a minute and a half without it is a hang, and a failed test.
class CommandRun {
 public:
  CommandRun(const std::string& program, std::vector<std::string> arguments) {
    const io::Fd out(::open((folder_ / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    const io::Fd error(::open((folder_ / "error").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    io::SpawnOptions spawn;
    spawn.program = program;
    spawn.arguments = std::move(arguments);
    spawn.stdout_to = out.get();
    spawn.stderr_to = error.get();
    auto process = io::Process::spawn(spawn);
    EXPECT_TRUE(process) << "it cannot be started";
    if (process) process_.emplace(std::move(*process));
  }
  [[nodiscard]] std::string out() const { return contents_of(folder_ / "out"); }
  [[nodiscard]] std::string error() const { return contents_of(folder_ / "error"); }
  void signal(int number) const { ::kill(process_->pid(), number); }
  /// Its stderr holds `text`.
  [[nodiscard]] bool says(const std::string& text) const {
    return until([&] { return error().find(text) != std::string::npos; });
  }
  /// How it ended: "exit 0", "killed by SIGINT".
  [[nodiscard]] std::string ending() {
    std::optional<io::ExitStatus> status;
    if (!process_ || !until([&] { return (status = process_->ended()).has_value(); })) return "it hangs";
    return status->text();
  }

 private:
  template <class Holds>
  static bool until(Holds holds) {
    for (const Instant end = io::now() + std::chrono::seconds(90); io::now() < end; std::this_thread::sleep_for(std::chrono::milliseconds(5))) {
      if (holds()) return true;
    }
    return false;
  }
  ScratchFolder folder_;
  std::optional<io::Process> process_;
};
}  // namespace headroom::testing
