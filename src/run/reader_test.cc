// Run files that are foreign, older, tampered with or torn.
#include "run/reader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <span>
#include <string>

#include "testing/run_file.h"

namespace headroom::run {
namespace {
using telemetry::Stage;
using testing_run::a_record;
using testing_run::a_sample;
using testing_run::RunFile;

TEST_F(RunFile, WhatIsNoRunFileIsSaid) {
  EXPECT_EQ(error(), "No such file or directory");
  std::ofstream(path()).flush();
  EXPECT_EQ(error(), "not a Headroom run file (it is empty)");
  std::ofstream(path()) << std::string(5000, 'x');
  EXPECT_EQ(error(), "not a Headroom run file (not an SQLite database)");
}

TEST_F(RunFile, AnotherProgramsDatabaseIsRefused) {
  tamper("CREATE TABLE meta (key TEXT, value TEXT)");
  EXPECT_EQ(error(), "not a Headroom run file (an SQLite database of something else)");
}

TEST_F(RunFile, ANumberYoungerThanTheFileIsNoneThere) {
  {
    auto writer = create();
    writer->add(GeneratorSecond{.t_ns = 9, .machine_busy = 0.5});
    ASSERT_TRUE(writer->close());
  }
  tamper("ALTER TABLE generator_seconds DROP COLUMN machine_busy");
  const auto run = read(path());
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_TRUE(std::isnan(run->generator_seconds.at(0).machine_busy));
}

TEST_F(RunFile, AStageYoungerThanTheFileIsZeroThere) {
  {
    auto writer = create();
    writer->add(a_sample(writer->name("GET /")));
    writer->add(ServerRequest{"pod-1", a_record()});
    ASSERT_TRUE(writer->close());
  }
  tamper("ALTER TABLE samples DROP COLUMN server_encode_ns; ALTER TABLE server_requests DROP COLUMN encode_ns");
  const auto run = read(path());
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->samples.at(0).server_ns[static_cast<std::size_t>(Stage::encode)], 0);
  const auto& stages = run->server_requests.at(0).record.stage_ns;
  EXPECT_EQ(stages[static_cast<std::size_t>(Stage::encode)], 0);
  EXPECT_EQ(stages[static_cast<std::size_t>(Stage::predict)], a_record().stage_ns[static_cast<std::size_t>(Stage::predict)]);
}

struct Tampered {
  const char* name;
  const char* sql;
  const char* message;
};
class TamperedRunFile : public RunFile, public testing::WithParamInterface<Tampered> {};
TEST_P(TamperedRunFile, IsRefusedWithThePlace) {
  {
    auto writer = create();
    writer->add(a_sample(writer->name("GET /")));
    writer->add(ServerRequest{"pod-1", a_record()});
    writer->add(ClientSecond{});
    ASSERT_TRUE(writer->close());
  }
  ASSERT_EQ(error(), "");
  tamper(GetParam().sql);
  EXPECT_EQ(error(), GetParam().message) << GetParam().name;
}
INSTANTIATE_TEST_SUITE_P(
    Table, TamperedRunFile,
    testing::Values(
        Tampered{"newer", "PRAGMA user_version=2", "written by a newer Headroom (schema 2; this one reads up to 1)"},
        Tampered{"no version", "PRAGMA user_version=0", "not a Headroom run file (schema 0)"},
        Tampered{"no table", "DROP TABLE meta", "not a Headroom run file (no table meta)"},
        Tampered{"a view that never ends",
                 "DROP TABLE errors; CREATE VIEW errors AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c) SELECT i step, "
                 "0 name, '' error, 1 count FROM c",
                 "not a Headroom run file (no table errors)"},
        Tampered{"a computed column", "DROP TABLE errors; CREATE TABLE errors (step, name, count, error AS (hex(zeroblob(1000000))))",
                 "the run file's table errors has computed columns"},
        Tampered{"text for a number", "UPDATE samples SET done_ns='soon'",
                 "table samples, row 1: done_ns is not what the schema allows"},
        Tampered{"a number beyond its range", "UPDATE samples SET status=70000",
                 "table samples, row 1: status is not what the schema allows"},
        Tampered{"a time beyond all times", "UPDATE samples SET done_ns=9223372036854775807",
                 "table samples, row 1: done_ns is not what the schema allows"},
        Tampered{"a short trace id", "UPDATE samples SET trace_id=x'00'",
                 "table samples, row 1: trace_id is not what the schema allows"},
        Tampered{"an unknown route", "UPDATE server_requests SET route='admin'",
                 "table server_requests, row 1: route is not what the schema allows"},
        Tampered{"inputs that are no list", "UPDATE server_requests SET inputs='[1,]'",
                 "table server_requests, row 1: inputs is not what the schema allows"},
        Tampered{"too many inputs", "UPDATE server_requests SET inputs='[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]'",
                 "table server_requests, row 1: inputs is not what the schema allows"},
        Tampered{"a name that is not there", "UPDATE samples SET name=1", "a row has a name that is not in table names"},
        Tampered{"names with a gap", "UPDATE names SET id=5", "table names: the ids are not 0, 1, 2, …"},
        Tampered{"a histogram of nonsense",
                 "UPDATE client_seconds SET latency=x'ffff'",
                 "table client_seconds, row 1: latency is not what the schema allows"},
        Tampered{"text beyond the limit", "UPDATE server_requests SET replica=hex(zeroblob(1000000))",
                 "table server_requests, row 1: replica is not what the schema allows"}));

TEST_F(RunFile, TooManyRowsAreAnError) {
  {
    auto writer = create();
    const int name = writer->name("GET /");
    for (int i = 0; i < 100; ++i) writer->add(a_sample(name));
  }
  const auto run = read(path(), {.max_rows = 50});
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().message, "more than 50 rows in the run file");
}

TEST_F(RunFile, ATornFileIsAnErrorAtEveryPage) {
  {
    auto writer = create();
    const int name = writer->name("GET /");
    for (int i = 0; i < 300; ++i) writer->add(a_sample(name));
  }
  std::ifstream file(path(), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  for (std::size_t size = 0; size + 4096 < bytes.size(); size += 1000) {
    EXPECT_FALSE(read_bytes(std::as_bytes(std::span(bytes.data(), size)))) << size;
  }
}
}  // namespace
}  // namespace headroom::run
