// A run file in a folder of its own, and rows for it.
#pragma once
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "run/reader.h"
#include "run/writer.h"
#include "testing/stages.h"

namespace headroom::testing_run {
class RunFile : public testing::Test {
 protected:
  RunFile() {
    std::string pattern = testing::TempDir() + "headroom_run_XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~RunFile() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string path(const std::string& name = "run.db") const { return folder_ + "/" + name; }
  std::unique_ptr<run::Writer> create(const run::WriterLimits& limits = {}) {
    auto writer = run::Writer::create(path(), {{"tool", "headroom 0.1.0"}}, limits);
    EXPECT_TRUE(writer) << writer.error().message;
    return std::move(*writer);
  }
  /// Does to the file what a stranger could.
  void tamper(const std::string& sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
    char* why = nullptr;
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &why), SQLITE_OK) << (why ? why : "");
    sqlite3_free(why);
    sqlite3_close(database);
  }
  [[nodiscard]] std::string error() const {
    auto found = run::read(path());
    return found ? "" : found.error().message;
  }

 private:
  std::string folder_;
};

inline telemetry::RequestRecord a_record() {
  using telemetry::Stage;
  telemetry::RequestRecord record;
  record.trace_id.bytes[15] = 7;
  record.span_id.bytes[7] = 8;
  record.start_ns = 1'700'000'000'000'000'000;
  record.total_ns = 210;
  record.stage_ns = testing_stages::stages<std::int64_t>({{Stage::read, 10}, {Stage::parse, 20}, {Stage::decode, 30}, {Stage::queue, 40}, {Stage::predict, 50}, {Stage::encode, 60}});
  record.rows = 3;
  record.status = 200;
  record.route = telemetry::Route::health;
  record.method = telemetry::HttpMethod::post;
  record.predicted = 2;
  record.confidence = 0.97;
  record.result = std::nan("");
  record.n_inputs = 3;
  record.inputs = {5.1, std::nan(""), -1e300};
  return record;
}

inline run::Sample a_sample(int name) {
  run::Sample sample{.step = 1, .name = name, .intended_ns = 100, .sent_ns = 150, .first_byte_ns = 300, .done_ns = 320};
  sample.status = 200;
  sample.trace_id.bytes[0] = 0xab;
  sample.server_ns[static_cast<std::size_t>(telemetry::Stage::predict)] = 50;
  sample.has_server = true;
  return sample;
}
}  // namespace headroom::testing_run
