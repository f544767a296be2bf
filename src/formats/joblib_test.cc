#include "formats/joblib.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <memory>
#include <string>
#include <string_view>

#include "formats/container.h"
#include "formats/npy.h"
#include "formats/sniff.h"

namespace headroom::formats {
namespace {
using namespace std::string_literals;
using testing::HasSubstr;

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

ParseError error_of(std::string_view pickle) {
  const auto graph = read_joblib(bytes(pickle), {});
  EXPECT_FALSE(graph) << "was read";
  return graph ? ParseError{} : graph.error();
}

std::string zlib_of(const std::string& text) {
  uLongf size = compressBound(text.size());
  std::string out(size, '\0');
  compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size(), 9);
  out.resize(size);
  return out;
}

TEST(Pickle, TheWorkedExampleOfTheDocs) {
  const auto pickle = "\x80\x04\x95\x0a\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01"s + "a\x94K\x01s."s;
  const auto graph = read_joblib(bytes(pickle), {});
  ASSERT_TRUE(graph) << graph.error().what;
  ASSERT_NE(graph->root.find("a"), nullptr);
  EXPECT_EQ(graph->root.find("a")->integer(), 1);
  EXPECT_EQ(graph->protocol, 4);
}

struct Row { const char* name; std::string pickle; const char* what; std::size_t offset; };
class BrokenPickle : public testing::TestWithParam<Row> {};
TEST_P(BrokenPickle, IsRefusedWithReasonAndOffset) {
  const auto error = error_of(GetParam().pickle);
  EXPECT_THAT(error.what, HasSubstr(GetParam().what));
  EXPECT_EQ(error.offset, GetParam().offset);
}
INSTANTIATE_TEST_SUITE_P(Table, BrokenPickle, testing::Values(
    Row{"no stop", "\x80\x04N"s, "ends before its STOP", 3},
    Row{"stack empty at stop", "."s, "stack is empty", 0},
    Row{"string longer than the file", "\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f."s, "only 1 are left", 2},
    Row{"frame longer than the file", "\x80\x04\x95\xff\x00\x00\x00\x00\x00\x00\x00N."s, "a frame of 255", 2},
    Row{"memo never set", "\x80\x04h\x05."s, "memo index 5 was never set", 2},
    Row{"memo index as a bomb", "\x80\x04Nr\xff\xff\xff\xff."s, "larger than the pickle", 3},
    Row{"protocol of the future", "\x80\x06N."s, "protocol 6", 0},
    Row{"list as a key", "(]Nd."s, "as a key", 3},
    Row{"odd dict", "(K\x01"s + "d."s, "no value", 3},
    Row{"append to a number", "K\x01Na."s, "APPEND to", 3},
    Row{"no UTF-8", "\x80\x04\x8c\x01\xff."s, "UTF-8", 2},
    Row{"persistent id", "Pid\n."s, "PERSID", 0},
    Row{"extension", "\x82\x01."s, "EXT", 0},
    Row{"state for a list", "]}b."s, "BUILD gives a state", 2},
    Row{"call of a number", "K\x01)R."s, "cannot be called", 3},
    Row{"text", "hello"s, "memo index", 0},
    Row{"ZF", "ZF0x10"s, "ZF", 0}), [](const auto& test) {
  std::string name = test.param.name;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
});

TEST(Pickle, ACallStaysAName) {
  const auto graph = read_joblib(bytes("cposix\nsystem\n(S'echo'\ntR."), {});
  ASSERT_TRUE(graph);
  EXPECT_TRUE(graph->root.is(Kind::call));
  EXPECT_TRUE(graph->root.callee().is_global("posix.system"));
  ASSERT_EQ(graph->globals.size(), 1U);
  EXPECT_EQ(graph->globals[0].offset, 0U);
}

TEST(Pickle, AMillionNestedTuplesCostNoStack) {
  const auto graph = read_joblib(bytes(")" + std::string(1'000'000, '\x85') + "."), {});
  EXPECT_TRUE(graph);
}

TEST(Pickle, AListThatHoldsItselfIsRead) {
  const auto graph = read_joblib(bytes("\x80\x02]q\x00h\x00"s + "a."s), {});
  ASSERT_TRUE(graph) << graph.error().what;
  EXPECT_EQ(graph->root.items()[0].node(), graph->root.node());
}

TEST(Pickle, ValuesThatCostMoreThanTheFileMayAreRefused) {
  Limits limits;
  limits.graph_floor = 1U << 20U;
  limits.graph_ratio = 0;
  const auto graph = read_joblib(bytes("(" + std::string(1'000'000, 'N') + "t."), limits);
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().code, ParseCode::over_limit);
}

TEST(Container, ABombIsStoppedAtItsLimit) {
  Limits limits;
  limits.inflated_floor = 1000;
  limits.inflated_ratio = 1;
  const auto graph = read_joblib(bytes(zlib_of(std::string(100'000, 'N'))), limits);
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().code, ParseCode::over_limit);
}

TEST(Container, ACompressedFileIsLetGoOnceItIsInflatedAndAnotherOneWithItsGraph) {
  const auto pickle = "\x80\x02U\x01"s + "a."s;
  const auto own = [](std::string text) { return std::make_shared<const std::string>(std::move(text)); };
  auto packed = own(zlib_of(pickle));
  std::weak_ptr<const std::string> seen = packed;
  const auto of_packed = bytes(*packed);
  const auto inflated = read_joblib(of_packed, {}, std::move(packed));
  ASSERT_TRUE(inflated) << inflated.error().what;
  EXPECT_TRUE(seen.expired());
  auto plain = own(pickle);
  seen = plain;
  {
    const auto of_plain = bytes(*plain);
    const auto borrowed = read_joblib(of_plain, {}, std::move(plain));
    ASSERT_TRUE(borrowed) << borrowed.error().what;
    EXPECT_EQ(borrowed->root.text(), "a");
    EXPECT_FALSE(seen.expired());
  }
  EXPECT_TRUE(seen.expired());
}

TEST(Container, ACutStreamAndAWrongChecksumAreErrors) {
  const std::string whole = zlib_of("N.");
  EXPECT_TRUE(read_joblib(bytes(whole), {}));
  EXPECT_THAT(error_of(whole.substr(0, whole.size() - 1)).what, HasSubstr("truncated"));
  std::string wrong = whole;
  wrong.back() = static_cast<char>(wrong.back() ^ 1);
  EXPECT_THAT(error_of(wrong).what, HasSubstr("damaged"));
}

TEST(Npy, WhatIsWrittenIsRead) {
  const double values[] = {1.5, -0.0, 3};
  const std::uint64_t shape[] = {1, 3};
  std::string file = npy_header("<f8", shape);
  EXPECT_EQ(file.size() % 64, 0U);
  file.append(reinterpret_cast<const char*>(values), sizeof(values));
  const auto array = read_npy(bytes(file), {});
  ASSERT_TRUE(array) << array.error().what;
  EXPECT_EQ(array->shape, (std::vector<std::uint64_t>{1, 3}));
  EXPECT_EQ(read_double(array->dtype, array->element(2)), 3.0);
  EXPECT_FALSE(read_npy(bytes(file).first(file.size() - 1), {})) << "data cut short";
}

TEST(Npy, AFortranArrayIsReadInCOrder) {
  const double values[] = {1, 3, 2, 4};
  std::string file = npy_header("<f8", std::vector<std::uint64_t>{2, 2});
  file.replace(file.find("False"), 5, "True ");
  file.append(reinterpret_cast<const char*>(values), sizeof(values));
  const auto array = read_npy(bytes(file), {});
  ASSERT_TRUE(array) << array.error().what;
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(read_double(array->dtype, array->element(i)), static_cast<double>(i + 1));
}

TEST(Sniff, TellsFormatsByContent) {
  EXPECT_EQ(sniff(bytes("")), Format::empty);
  EXPECT_EQ(sniff(bytes("\x93NUMPY\x01")), Format::npy);
  EXPECT_EQ(sniff(bytes("tree\nversion=v4\n")), Format::lightgbm_text);
  EXPECT_EQ(sniff(bytes("{\"learner\":{}}")), Format::xgboost_json);
  EXPECT_EQ(sniff(bytes("{\"features_info\":{\"float_features\":[]}}")), Format::catboost);
  EXPECT_EQ(sniff(bytes("\x80\x04N.")), Format::pickle);
}
}  // namespace
}  // namespace headroom::formats
