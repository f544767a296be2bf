// What the readers of an ONNX file's parts share: the place in the file and the memory that may still be used.
#pragma once
#include <string>

#include "formats/onnx.h"
#include "formats/protobuf.h"

namespace headroom::formats {
/// Carried through the reading of one file.
class OnnxBudget {
 public:
  explicit OnnxBudget(std::uint64_t bytes) : left_(bytes) {}
  [[nodiscard]] expected<void, ParseError> charge(std::uint64_t bytes, std::size_t offset) {
    if (bytes > left_) return unexpected(ParseError{ParseCode::over_limit, offset, "the file needs more memory than one of its size may ask for"});
    left_ -= bytes;
    return {};
  }

 private:
  std::uint64_t left_;
};

template <class T>
using OnnxRead = expected<T, OnnxError>;

/// The value of a ParseError-giving expression, or the error with this path.
template <class T>
[[nodiscard]] OnnxRead<T> at_path(expected<T, ParseError> value, const std::string& path) {
  if (value) return std::move(*value);
  return unexpected(OnnxError{std::move(value).error(), path});
}
[[nodiscard]] inline OnnxRead<bool> at_path(expected<void, ParseError> value, const std::string& path) {
  if (value) return true;
  return unexpected(OnnxError{std::move(value).error(), path});
}

/// Repeated fields as they may stand: one value, or many of them packed.
[[nodiscard]] expected<void, ParseError> append_whole(ProtobufReader& reader, OnnxBudget& budget, std::vector<std::int64_t>& out);
[[nodiscard]] expected<void, ParseError> append_f32(ProtobufReader& reader, OnnxBudget& budget, std::vector<float>& out);
[[nodiscard]] expected<void, ParseError> append_f64(ProtobufReader& reader, OnnxBudget& budget, std::vector<double>& out);

/// A TensorProto: its shape and values agree, and all of them are in this file.
[[nodiscard]] OnnxRead<OnnxTensor> read_onnx_tensor(ProtobufReader reader, OnnxBudget& budget, const std::string& path);
}  // namespace headroom::formats
