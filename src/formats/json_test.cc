// JSON, UBJSON and LightGBM's text: the same graph whatever the notation, and a place for each fault.
#include "formats/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "formats/lightgbm_text.h"

namespace headroom::formats {
namespace {
using namespace std::string_literals;

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

TEST(Json, ArraysOfNumbersBecomeArraysAndOthersLists) {
  const std::string text = R"({"numbers": [1, 2.5, -3e-9], "mixed": [1, "a"], "empty": []})";
  const auto graph = read_json(bytes(text), {});
  ASSERT_TRUE(graph) << graph.error().what;
  const auto* numbers = graph->root.find("numbers")->array();
  ASSERT_NE(numbers, nullptr);
  EXPECT_EQ(read_double(numbers->dtype, numbers->element(2)), -3e-9);
  EXPECT_EQ(graph->root.find("mixed")->items()[1].text(), "a");
  EXPECT_TRUE(graph->root.find("empty")->is(Kind::list));
}

TEST(Json, NumbersAreThoseOfFromCharsInTheSmallestTypeThatHasThem) {
  const struct { std::string text; std::string dtype; std::vector<double> values; } arrays[] = {
      {"[0, 255,-0]", "|u1", {0, 255, 0}},
      {"[-1,256 ,2147483647]", "<i4", {-1, 256, 2147483647}},
      {"[2147483648, 1]", "<f8", {2147483648, 1}},
      {"[1.0, 2E0]", "|u1", {1, 2}},
      {"[-0.0]", "<f8", {-0.0}},
      {"[0.1, 1.7976931348623157e308, 4.9e-324, -8.75E-1, 1e22, 1e23, 123456789012345.6, 0.30000000000000004]", "<f8",
       {0.1, 1.7976931348623157e308, 4.9e-324, -8.75e-1, 1e22, 1e23, 123456789012345.6, 0.30000000000000004}},
      {"[9007199254740993, 1e-400]", "<f8", {9007199254740992, 0}},
  };
  for (const auto& [text, dtype, values] : arrays) {
    const auto graph = read_json(bytes(text), {});
    ASSERT_TRUE(graph) << text << graph.error().what;
    ASSERT_NE(graph->root.array(), nullptr) << text;
    EXPECT_EQ(graph->root.array()->dtype.descr(), dtype) << text;
    const auto found = read_doubles(*graph->root.array());
    EXPECT_EQ(found, values) << text;
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(std::signbit(found[i]), std::signbit(values[i])) << text;
  }
}

TEST(Json, EscapesAreDecoded) {
  const std::string text = R"(["S\u00e3o\n\ud83d\ude00\/"])";
  const auto graph = read_json(bytes(text), {});
  ASSERT_TRUE(graph);
  EXPECT_EQ(graph->root.items()[0].text(), "S\xc3\xa3o\n\xf0\x9f\x98\x80/");
}

TEST(Json, FaultsHaveAPlace) {
  const struct { std::string text; std::size_t offset; ParseCode code; } faults[] = {
      {"", 0, ParseCode::truncated},       {"{\"a\"", 4, ParseCode::malformed},  {"[1,", 3, ParseCode::truncated}, {"[1 2]", 3, ParseCode::malformed},
      {"{} x", 3, ParseCode::malformed},   {"[\"a", 1, ParseCode::truncated},    {"[1e999]", 1, ParseCode::over_limit},
      {"[tru]", 1, ParseCode::malformed},  {"[\"\\q\"]", 3, ParseCode::malformed}, {std::string(100, '['), 65, ParseCode::over_limit},
  };
  for (const auto& fault : faults) {
    const auto graph = read_json(bytes(fault.text), {});
    ASSERT_FALSE(graph) << fault.text;
    EXPECT_EQ(graph.error().offset, fault.offset) << fault.text;
    EXPECT_EQ(graph.error().code, fault.code) << fault.text;
  }
}

TEST(Ubjson, TypedArraysKeepTheirTypeAndBorrow) {
  const std::string text = "{L\0\0\0\0\0\0\0\1a[$d#L\0\0\0\0\0\0\0\2\x3f\xc0\0\0\xc0\0\0\0L\0\0\0\0\0\0\0\1bSL\0\0\0\0\0\0\0\2hi}"s;
  const auto graph = read_ubjson(bytes(text), {});
  ASSERT_TRUE(graph) << graph.error().what;
  const auto* array = graph->root.find("a")->array();
  ASSERT_NE(array, nullptr);
  EXPECT_EQ(read_double(array->dtype, array->element(0)), 1.5);
  EXPECT_EQ(read_double(array->dtype, array->element(1)), -2.0);
  EXPECT_EQ(static_cast<const void*>(array->data.data()), static_cast<const void*>(text.data() + 24));
  EXPECT_EQ(graph->root.find("b")->text(), "hi");
}

TEST(DType, IntegersKeepTheirSignInEverySize) {
  const std::byte all_ones[8] = {std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0xff}};
  for (const char* code : {"i1", "<i2", "<i4", "<i8", ">i2", ">i4", ">i8"}) {
    EXPECT_EQ(read_int(*parse_dtype(code), all_ones), -1) << code;
    EXPECT_EQ(read_double(*parse_dtype(code), all_ones), -1.0) << code;
  }
  EXPECT_EQ(read_int(*parse_dtype("u1"), all_ones), 255);
  EXPECT_EQ(read_int(*parse_dtype("<u2"), all_ones), 65535);
  EXPECT_EQ(read_int(*parse_dtype(">u4"), all_ones), 4294967295);
  EXPECT_EQ(read_double(*parse_dtype("<u8"), all_ones), 0x1p64);
}

TEST(Ubjson, AnArrayLongerThanTheFileIsRefused) {
  const std::string text = "{L\0\0\0\0\0\0\0\1a[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff"s;
  const auto graph = read_ubjson(bytes(text), {});
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().code, ParseCode::truncated);
}

TEST(LightgbmText, TreesAndParametersAreFound) {
  const auto text = read_lightgbm_text("tree\nversion=v4\naverage_output\n\nTree=0\nnum_leaves=2\nthreshold=1.5 -2e-3\n\nend of trees\n\nparameters:\n[categorical_feature: 1,3]\nend of parameters\n\npandas_categorical:[[\"a\"]]\n");
  ASSERT_TRUE(text) << text.error().what;
  ASSERT_EQ(text->trees.size(), 1U);
  EXPECT_EQ(*text->header.find("version"), "v4");
  EXPECT_NE(text->header.find("average_output"), nullptr);
  EXPECT_EQ(text->parameters.at(0).second, "1,3");
  EXPECT_EQ(text->pandas_categorical, "[[\"a\"]]");
  std::vector<double> numbers;
  LightgbmSection tree;
  ASSERT_TRUE(read_lightgbm_tree(text->trees[0], tree));
  ASSERT_TRUE(read_numbers(*tree.find("threshold"), numbers));
  EXPECT_EQ(numbers, (std::vector<double>{1.5, -2e-3}));
  EXPECT_FALSE(read_numbers("1 x", numbers));
}

TEST(LightgbmText, NumbersAreThoseOfFromChars) {
  std::vector<double> numbers;
  ASSERT_TRUE(read_numbers(" 0 -0 7  -12 123456789 -123456789 1234567890123 007 5. 1e5 -1e-400 9", numbers));
  EXPECT_EQ(numbers, (std::vector<double>{0, 0, 7, -12, 123456789, -123456789, 1234567890123, 7, 5, 1e5, 0, 9}));
  EXPECT_TRUE(std::signbit(numbers[1]));
  for (const auto* text : {"-", "+1", "1-", "12x", "--1", "1 -", "1e400", "123456789x"}) EXPECT_FALSE(read_numbers(text, numbers)) << text;
}

TEST(LightgbmText, ATreeIsTakenApartWhenAsked) {
  const auto text = read_lightgbm_text("tree\r\n\r\nTree=0\r\nnum_leaves=2\r\n\r\nis_linear=0\r\nTree=1\r\nis_linear=1\r\nTree=2\r\nend of trees\r\n");
  ASSERT_TRUE(text) << text.error().what;
  ASSERT_EQ(text->trees.size(), 3U);
  LightgbmSection tree;
  ASSERT_TRUE(read_lightgbm_tree(text->trees[0], tree));
  EXPECT_EQ(*tree.find("num_leaves"), "2");
  EXPECT_EQ(*tree.find("is_linear"), "0");
  ASSERT_TRUE(read_lightgbm_tree(text->trees[1], tree));
  EXPECT_EQ(tree.find("num_leaves"), nullptr);
  ASSERT_TRUE(read_lightgbm_tree(text->trees[2], tree));
  EXPECT_TRUE(tree.entries.empty());
}

TEST(LightgbmText, ALineThatIsNoKeyAndValueIsAnErrorOfItsTree) {
  LightgbmSection tree;
  EXPECT_EQ(read_lightgbm_tree("num_leaves=2\nthreshold\n", tree).error().offset, 13U);
  EXPECT_FALSE(read_lightgbm_tree("a_key_that_is_longer_than_others\n", tree));
  EXPECT_TRUE(read_lightgbm_tree("a_key_that_is_longer_than_others=1\nempty=\n", tree));
  std::string many;
  for (int i = 0; i < 300; ++i) many += "a=1\n";
  EXPECT_EQ(read_lightgbm_tree(many, tree).error().code, ParseCode::over_limit);
}

TEST(LightgbmText, WhatFollowsTheTreesIsNoTree) {
  const auto text = read_lightgbm_text("tree\nversion=v4\nTree=0\nnum_leaves=2\nend of trees\n\nfeature_importances:\nTree=5\n");
  ASSERT_TRUE(text) << text.error().what;
  ASSERT_EQ(text->trees.size(), 1U);
  EXPECT_EQ(text->trees[0], "num_leaves=2\n");
  EXPECT_TRUE(read_lightgbm_text("tree\nversion=v4\nend of trees").value().trees.empty());
  EXPECT_FALSE(read_lightgbm_text("tree\nTree=0\nnot the end of trees\nend of trees and more\n"));
}

TEST(LightgbmText, ACutFileIsAnError) {
  EXPECT_EQ(read_lightgbm_text("tree\nversion=v4\nTree=0\nnum_leaves=2\n").error().code, ParseCode::truncated);
  EXPECT_FALSE(read_lightgbm_text("forest\n"));
}

TEST(Json, ALongListIsKeptAsTextAndReadWhenAsked) {
  std::string list = "[-0.5";
  for (int i = 0; i < 40; ++i) list += ", " + std::to_string(i);
  list += "]";
  const std::string text = "{\"long\":" + list + ",\"short\":[1,2],\"other\":[\"" + std::string(80, '1') + "\"]}";
  const auto graph = read_json(bytes(text), {}, Lists::long_ones_as_text);
  ASSERT_TRUE(graph) << graph.error().what;
  const auto* kept = graph->root.find("long")->array();
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(kept->dtype.kind, kListText);
  EXPECT_EQ(kept->count(), 41U);
  std::vector<double> numbers{7};
  ASSERT_TRUE(read_list_text(*kept, numbers));
  ASSERT_EQ(numbers.size(), 41U);
  EXPECT_EQ(numbers[0], -0.5);
  EXPECT_EQ(numbers[40], 39);
  EXPECT_FALSE(read_list_text(*graph->root.find("short")->array(), numbers));
  EXPECT_EQ(graph->root.find("other")->items().size(), 1U);
}

TEST(Json, AListKeptAsTextThatIsNoneOfNumbersIsNotRead) {
  for (const char* fault : {"1,,2", "1 2", "1-2", "-", "1e", ","}) {
    const std::string text = "[" + std::string(70, '1') + "," + fault + "]";
    const auto graph = read_json(bytes(text), {}, Lists::long_ones_as_text);
    ASSERT_TRUE(graph) << graph.error().what;
    std::vector<double> numbers;
    EXPECT_FALSE(read_list_text(*graph->root.array(), numbers)) << fault;
  }
}
}  // namespace
}  // namespace headroom::formats
