// ONNX: the protobuf file as an inert description of a graph. Nothing is computed here, and no other file is ever opened.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/error.h"
#include "formats/limits.h"

namespace headroom::formats {
/// TensorProto.DataType; only those that are read.
enum class OnnxType : std::uint8_t { none = 0, f32 = 1, u8 = 2, i8 = 3, u16 = 4, i16 = 5, i32 = 6, i64 = 7, text = 8, flag = 9, f64 = 11, u32 = 12, u64 = 13 };
[[nodiscard]] const char* name_of(OnnxType type);

/// A constant. Exactly one of the lists is filled, with count() values: f32, f64, texts, or whole for all integers and booleans.
struct OnnxTensor {
  std::string_view name;
  OnnxType type = OnnxType::none;
  std::vector<std::int64_t> shape;
  std::vector<float> f32;
  std::vector<double> f64;
  std::vector<std::int64_t> whole;
  std::vector<std::string_view> texts;
};

struct OnnxGraph;

struct OnnxAttribute {
  std::string_view name;
  std::int64_t type = 0;    // AttributeProto.AttributeType; 0 where the file does not say it
  std::optional<float> real;
  std::optional<std::int64_t> whole;
  std::optional<std::string_view> text;
  std::vector<float> reals;
  std::vector<std::int64_t> wholes;
  std::vector<std::string_view> texts;
  std::unique_ptr<OnnxTensor> tensor;
  std::unique_ptr<OnnxGraph> graph;
};

struct OnnxNode {
  std::string_view name, op, domain;
  std::vector<std::string_view> inputs, outputs;   // "" is an optional one that is left out
  std::vector<OnnxAttribute> attributes;
  std::size_t offset = 0;
};

/// An input or an output. shape: −1 where a dimension is not fixed; none where even their number is not known.
struct OnnxValue {
  std::string_view name;
  bool is_tensor = false;   // else a map or a sequence
  OnnxType type = OnnxType::none;
  std::optional<std::vector<std::int64_t>> shape;
};

struct OnnxGraph {
  std::vector<OnnxNode> nodes;
  std::vector<OnnxTensor> constants;
  std::vector<OnnxValue> inputs, outputs;
};

struct OnnxModel {
  std::int64_t ir_version = 0;
  std::string_view producer, producer_version;
  std::map<std::string_view, std::int64_t> opsets;   // domain ("" is ai.onnx) → version
  OnnxGraph graph;
};

/// path: of the part that is wrong, "graph.initializer[2].dims".
struct OnnxError {
  ParseError error;
  std::string path;
};

/// Reads a file; all texts borrow from it. Refused: data outside of the file, functions, sparse tensors, graphs nested deeply, and
/// what needs more memory than limits.graph(file.size()). Any thread.
[[nodiscard]] expected<OnnxModel, OnnxError> read_onnx(std::span<const std::byte> file, const Limits& limits);
}  // namespace headroom::formats
