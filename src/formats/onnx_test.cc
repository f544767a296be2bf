#include "formats/onnx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/protobuf.h"
#include "formats/sniff.h"
#include "testing/files.h"

namespace headroom::formats {
namespace {
using testing::HasSubstr;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

/// A field with a message or text in it. number: up to 15.
std::string field(char number, const std::string& content) { return std::string(1, static_cast<char>(number << 3 | 2)) + static_cast<char>(content.size()) + content; }
std::string number(char field, char value) { return {static_cast<char>(field << 3), value}; }

OnnxError error_of(const std::string& file) {
  const auto read = read_onnx(bytes_of(file), {});
  EXPECT_FALSE(read);
  return read ? OnnxError{} : read.error();
}

struct Case {
  const char* fault;
  std::string file;
  const char* what;
  const char* path;
};

TEST(ReadOnnx, EachFaultIsNamedWithItsPlace) {
  using namespace std::string_literals;
  const auto tensor = [](const std::string& content) { return field(7, field(5, content)); };
  const Case cases[] = {
      {"a length beyond the file", "\x3a\x7f\x01"s, "127 bytes are announced, but only 1 are left", "model.graph"},
      {"a number that never ends", "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s, "more than 64 bits", "model.ir_version"},
      {"a number that is cut off", "\x08\xff"s, "ends inside a number", "model.ir_version"},
      {"the field number 0", "\x02\x01"s, "the number 0", "model"},
      {"a group", "\x0b\x0c"s, "wire type 3", "model"},
      {"no graph", "\x08\x08"s, "there is no graph", "model.graph"},
      {"two graphs", field(7, "") + field(7, ""), "two graphs", "model.graph"},
      {"a negative dimension", tensor("\x08\xfd\xff\xff\xff\xff\xff\xff\xff\xff\x01"s + number(2, 1)), "a dimension of -3", "graph.initializer[0].dims"},
      {"a shape without its values", tensor(number(1, 2) + number(2, 1)), "0 values, but the shape needs 2", "graph.initializer[0]"},
      {"raw bytes of another size", tensor(number(1, 2) + number(2, 1) + field(9, "1234")), "4 bytes, but the shape needs 8", "graph.initializer[0].raw_data"},
      {"values of two types", tensor(number(1, 1) + number(2, 7) + number(7, 1) + field(6, "w")), "values of another type than its own", "graph.initializer[0]"},
      {"values in another file", tensor(number(1, 2) + number(2, 1) + field(13, "x")), "external data", "graph.initializer[0]"},
      {"an element type that is not read", tensor(number(2, 10)), "the element type 10", "graph.initializer[0].data_type"},
      {"text for a number", "\x0a\x01x"s, "wire type 2, not 0", "model.ir_version"},
  };
  for (const auto& [fault, file, what, path] : cases) {
    SCOPED_TRACE(fault);
    const auto error = error_of(file);
    EXPECT_THAT(error.error.what, HasSubstr(what));
    EXPECT_EQ(error.path, path);
    EXPECT_LE(error.error.offset, file.size());
  }
}

TEST(ReadOnnx, GraphsInsideOfGraphsHaveALimit) {
  std::string graph;
  for (int i = 0; i < 6; ++i) graph = field(1, field(5, field(6, graph)));
  EXPECT_THAT(error_of(field(7, graph)).error.what, HasSubstr("nested more than 4 deep"));
}

TEST(ReadOnnx, EveryCutOfAModelIsAnErrorOrASmallerModel) {
  const auto whole = testing_files::read_bytes(HEADROOM_SOURCE_DIR "/tests/corpus/onnx_fuzz/mixed");
  ASSERT_TRUE(read_onnx(whole, {}));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto read = read_onnx(std::span(whole).first(size), {});
    if (!read) {
      EXPECT_LE(read.error().error.offset, size);
    }
  }
}

TEST(ReadOnnx, AModelIsItsNodesConstantsAndTypedInputs) {
  const auto file = testing_files::read_bytes(HEADROOM_SOURCE_DIR "/tests/corpus/onnx_fuzz/mixed");
  EXPECT_EQ(sniff(file), Format::onnx);
  const auto model = read_onnx(file, {});
  ASSERT_TRUE(model);
  EXPECT_EQ(model->producer, "skl2onnx");
  EXPECT_EQ(model->opsets.at("ai.onnx.ml"), 1);
  ASSERT_EQ(model->graph.inputs.size(), 4U);
  EXPECT_EQ(model->graph.inputs[2].name, "city");
  EXPECT_EQ(model->graph.inputs[2].type, OnnxType::text);
  EXPECT_THAT(*model->graph.inputs[2].shape, testing::ElementsAre(-1, 1));
  EXPECT_EQ(model->graph.nodes.back().op, "LinearClassifier");
}
}  // namespace
}  // namespace headroom::formats
