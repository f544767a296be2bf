// What leaves: JSON that is JSON, a page that no recorded string can break out of, a terminal that obeys no recorded string.
#include "analyze/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyze/join.h"
#include "analyze/json_text.h"
#include "analyze/series.h"
#include "analyze/words.h"
#include "testing/run_builder.h"

namespace headroom::analyze {
namespace {
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RunBuilder;

TEST(JsonText, NestsAndSeparates) {
  JsonText json;
  json.object().member("a", 1).key("b").array().value(1.5).value("x").null().end_array().member("c", true).key("d").object().end_object().end_object();
  EXPECT_EQ(json.text(), R"({"a":1,"b":[1.5,"x",null],"c":true,"d":{}})");
}

struct Escape {
  std::string given;
  const char* written;
};
class Escaped : public ::testing::TestWithParam<Escape> {};
TEST_P(Escaped, StringsCannotEndTheirLiteralOrTheirScript) {
  JsonText json;
  json.value(GetParam().given);
  EXPECT_EQ(json.text(), GetParam().written);
}
INSTANTIATE_TEST_SUITE_P(Table, Escaped,
                         ::testing::Values(Escape{"</script>", R"("\u003c/script\u003e")"}, Escape{"<!--", R"("\u003c!--")"}, Escape{"a\"b\\", R"("a\u0022b\u005c")"},
                                           Escape{"&lt;", R"("\u0026lt;")"}, Escape{"\n\x1b", R"("\u000a\u001b")"}, Escape{"\xff\xc0\xaf", R"("\ufffd\ufffd\ufffd")"},
                                           Escape{"\xed\xa0\x80", R"("\ufffd\ufffd\ufffd")"}, Escape{"\u2028\u2029", R"("\u2028\u2029")"},
                                           Escape{"µs → 1", "\"µs → 1\""}, Escape{std::string("\0", 1), R"("\u0000")"}));

TEST(JsonText, WhatIsNoNumberIsNull) {
  JsonText json;
  json.array().value(0.0 / 0.0).value(1e308 * 10).value(-0.25).end_array();
  EXPECT_EQ(json.text(), "[null,null,-0.25]");
}

/// A run whose every string attacks the page, the markdown, the terminal or the spreadsheet.
run::Run hostile() {
  const std::string attack = "</script><script>alert(1)</script>\x1b]0;owned\x07|`[x](http://evil)";
  auto run = RunBuilder().meta("model", attack).meta(attack, "<img src=x onerror=alert(1)>").step({.users = 10}).build();
  run.steps[0].label = "=1+1" + attack;
  run.names[0] = attack;
  run.samples[0].error = attack;
  run.samples[0].intended_ns -= 5'000'000'000;  // the slowest
  run.errors.push_back({.step = 1, .name = 0, .error = attack, .count = 3});
  run.replica_events.push_back({run.steps[0].start_ns, attack, "exit", attack});
  return run;
}

TEST(Page, NoRecordedStringLeavesTheScriptItStandsIn) {
  const auto run = hostile();
  const auto html = to_html(analyze(run), run);
  const auto place = html.find(R"(<script type="application/json" id="report">)");
  const auto end = html.find("</script>", place);
  ASSERT_NE(end, std::string::npos);
  EXPECT_EQ(html[end - 1], '}');  // the document's own end, so nothing in it ended the element
  const auto document = std::string_view(html).substr(place + 44, end - place - 44);
  EXPECT_EQ(document.find_first_of("<>&"), std::string_view::npos);
  EXPECT_EQ(document, to_json(analyze(run), run));
}

TEST(Page, AsksNoOtherHost) {
  const auto run = RunBuilder().step({.users = 10}).build();
  const auto html = to_html(analyze(run), run);
  for (const char* reach : {"http://", "https://", "//cdn", "@import", "url(", "fetch(", "XMLHttpRequest", "WebSocket", "import("}) EXPECT_THAT(html, Not(HasSubstr(reach)));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  EXPECT_LT(html.size(), 300'000U);
}

TEST(Markdown, NoRecordedStringIsMarkup) {
  const auto run = hostile();
  const auto text = to_markdown(analyze(run), run);
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_THAT(text, Not(HasSubstr("<img")));
  EXPECT_THAT(text, HasSubstr("\\[x\\]"));
}

TEST(Text, ATerminalObeysNoRecordedString) {
  const auto run = hostile();
  EXPECT_THAT(to_text(analyze(run), false), Not(HasSubstr("\x1b")));
}

TEST(Csv, ATextIsNoFormula) {
  const auto run = hostile();
  EXPECT_THAT(steps_csv(analyze(run)), HasSubstr("\"'=1+1"));
}

TEST(Text, SaysTheVerdictTheTableAndWhereTheTimeWent) {
  const auto run = RunBuilder().meta("slo", "p95<200ms").step({.users = 150, .rps = 415, .cpu_cores = 0.05}).build();
  const auto text = to_text(analyze(run), false);
  EXPECT_THAT(text, HasSubstr("No bottleneck up to 150 users (415 requests/s, p95 118 µs)."));
  EXPECT_THAT(text, HasSubstr("150 users         415  118 µs  118 µs  118 µs  118 µs    100 %     1  none"));
  EXPECT_THAT(text, HasSubstr("mean 118 µs = generator lag 10 µs + network 100 µs + decode 2 µs + predict 3 µs"));
}

TEST(Text, NamesTheTimeInWhichALimitStoppedThePods) {
  testing::Level held{.users = 150, .rps = 415, .network_ms = 8, .cpu_cores = 0.02, .cpu_limit = 0.02, .throttled_share = 0.5};
  EXPECT_THAT(to_text(analyze(RunBuilder().step(held).build()), false), HasSubstr("network and stopped pods 8 ms"));
}

TEST(Document, HasTheKeysOfTheContract) {
  const auto run = RunBuilder().step({.users = 150}).step({.rate = 500, .rps = 500}).build();
  const auto json = to_json(analyze(run), run);
  for (const char* key : {"\"verdict\":", "\"confidence\":", "\"findings\":[{\"cause\":\"none\",\"title\":", "\"confirmed\":false", "\"evidence\":[{\"what\":", "\"unit\":",
                          "\"source\":", "\"fix\":", "\"gain\":null", "\"users\":150", "\"rate\":500", "\"rps\":500", "\"mean_ms\":", "\"p50_ms\":", "\"p95_ms\":", "\"p99_ms\":",
                          "\"success\":1", "\"replicas_from\":1", "\"replicas_to\":1", "\"cells\":{\"generator_lag\":", "\"unexplained_ms\":"}) {
    EXPECT_THAT(json, HasSubstr(key));
  }
}

TEST(Series, OnePointASecondFromTheFirstStepOn) {
  const auto run = RunBuilder().step({.users = 10, .rps = 100}).build();
  const auto series = series_of(run);
  ASSERT_EQ(series.t_s.size(), 11U);
  EXPECT_EQ(series.t_s.front(), 0);
  EXPECT_EQ(series.t_s.back(), 10);
  EXPECT_EQ(series.rps.back(), 100);
  EXPECT_EQ(series.users.back(), 10);
  EXPECT_NEAR(series.p95_ms.back(), 0.118, 0.001);
}

TEST(Series, TheSlowestRequestComesFirstWithItsParts) {
  auto run = RunBuilder().step({.users = 10, .rps = 100}).build();
  auto& slow = run.samples.at(7);
  slow.intended_ns -= 900'000'000;
  slow.sent_ns -= 800'000'000;
  slow.connect_ns = 100'000'000;
  const auto paths = slowest(run, run.steps[0].start_ns);
  ASSERT_EQ(paths.size(), kSlowest);
  EXPECT_NEAR(paths[0].latency_ms, 900.118, 1e-3);
  EXPECT_NEAR(paths[0].lag_ms, 100.01, 1e-3);
  EXPECT_NEAR(paths[0].connect_ms, 100, 1e-9);
  EXPECT_NEAR(paths[0].network_ms, 700.108, 1e-3);
}

TEST(Join, TheServersFileGivesTheLoadsFileItsStages) {
  auto load = RunBuilder().step({.users = 10, .rps = 100, .server_timing = false, .cpu_cores = -1}).build();
  load.replica_events.clear();
  load.samples[0].trace_id.bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  run::Run server;
  run::ServerSecond second;
  second.t_ns = load.steps[0].steady_ns;
  second.replica = "a";
  second.route = telemetry::Route::predict;
  second.requests = 10;
  second.stage_ns[static_cast<std::size_t>(telemetry::Stage::predict)] = 10 * 20'000;
  server.server_seconds.push_back(second);
  run::ServerRequest request;
  request.record.trace_id = load.samples[0].trace_id;
  request.record.stage_ns[static_cast<std::size_t>(telemetry::Stage::predict)] = 33'000;
  server.server_requests.push_back(request);
  join(load, std::move(server));
  EXPECT_TRUE(load.samples[0].has_server);
  EXPECT_EQ(load.samples[0].server_ns[static_cast<std::size_t>(telemetry::Stage::predict)], 33'000);
  const auto step = analyze(load).parts.at(0).steps.at(0);
  EXPECT_NEAR(step.accounting[telemetry::Stage::predict], 0.02, 1e-9);
  EXPECT_EQ(step.replicas.to, 1);
}

struct Figure {
  double value;
  const char* text;
};
class Number : public ::testing::TestWithParam<Figure> {};
TEST_P(Number, HasThreeDigitsThatMatter) { EXPECT_EQ(number(GetParam().value), GetParam().text); }
INSTANTIATE_TEST_SUITE_P(Table, Number,
                         ::testing::Values(Figure{0, "0"}, Figure{0.0004, "0"}, Figure{0.4123, "0.412"}, Figure{1.5, "1.5"}, Figure{12.345, "12.3"}, Figure{99.97, "100"},
                                           Figure{415.3, "415"}, Figure{9999.4, "9999"}, Figure{27300, "27\u2009300"}, Figure{1234567, "1\u2009234\u2009567"}, Figure{-12345, "-12\u2009345"}));

TEST(Words, NearlyAllIsNotAll) {
  EXPECT_EQ(percent(0.99999), "99.99 %");
  EXPECT_EQ(percent(1), "100 %");
  EXPECT_EQ(time_text(0.0852), "85.2 µs");
  EXPECT_EQ(time_text(12000), "12 s");
}
}  // namespace
}  // namespace headroom::analyze
