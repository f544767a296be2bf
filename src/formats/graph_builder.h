// Makes the nodes of a Graph for readers of documents (JSON, UBJSON), within a budget of memory.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "formats/error.h"
#include "formats/limits.h"
#include "formats/value.h"

namespace headroom::formats {
class GraphBuilder {
 public:
  explicit GraphBuilder(std::uint64_t budget) { graph_.arena = std::make_unique<Arena>(budget); }

  /// `text` is owned by the graph's bytes or is kept here.
  expected<Value, ParseError> text(std::string text, std::size_t offset) {
    HEADROOM_TRY_VOID(charge(text.size() + sizeof(std::string), offset));
    HEADROOM_TRY(node, make(Kind::text, offset));
    node->text = graph_.arena->keep(std::move(text));
    return Value(node);
  }
  expected<Value, ParseError> container(Kind kind, std::vector<Value> items, std::size_t offset) {
    HEADROOM_TRY_VOID(charge(items.size() * sizeof(Value), offset));
    HEADROOM_TRY(node, make(kind, offset));
    node->items = std::move(items);
    return Value(node);
  }
  /// Kept in the smallest type that has them all: most lists of a booster are features, children and flags.
  expected<Value, ParseError> numbers(std::span<const double> values, std::size_t offset) {
    if (all_are<std::uint8_t>(values)) return numbers_as<std::uint8_t>('u', values, offset);
    if (all_are<std::int32_t>(values)) return numbers_as<std::int32_t>('i', values, offset);
    return numbers_as<double>('f', values, offset);
  }
  /// data: whole elements; borrowed.
  expected<Value, ParseError> array(DType type, std::span<const std::byte> data, std::size_t offset) {
    HEADROOM_TRY_VOID(charge(sizeof(NdArray), offset));
    HEADROOM_TRY(node, make(Kind::array, offset));
    node->array = std::make_unique<NdArray>();
    node->array->shape = {data.size() / type.itemsize};
    node->array->dtype = std::move(type);
    node->array->data = data;
    return Value(node);
  }
  [[nodiscard]] expected<void, ParseError> charge(std::uint64_t bytes, std::size_t offset) {
    if (graph_.arena->charge(bytes)) return {};
    return unexpected(ParseError{ParseCode::over_limit, offset, "the document needs more memory than a file of its size may ask for"});
  }
  [[nodiscard]] Graph take(Value root, std::uint64_t bytes) {
    graph_.root = root;
    graph_.stream_bytes = bytes;
    return std::move(graph_);
  }

 private:
  template <class T>
  static bool all_are(std::span<const double> values) {
    constexpr double least = std::numeric_limits<T>::min(), most = std::numeric_limits<T>::max();
    const auto is_one = [=](double value) { return value >= least && value <= most && value == static_cast<double>(static_cast<T>(value)) && !(value == 0 && std::signbit(value)); };
    return std::ranges::all_of(values, is_one);
  }
  template <class T>
  expected<Value, ParseError> numbers_as(char kind, std::span<const double> values, std::size_t offset) {
    HEADROOM_TRY_VOID(charge(values.size() * sizeof(T), offset));
    std::string bytes(values.size() * sizeof(T), '\0');
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto value = static_cast<T>(values[i]);
      std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
    }
    const auto kept = graph_.arena->keep(std::move(bytes));
    return array(DType{kind, false, sizeof(T), {}}, std::as_bytes(std::span(kept)), offset);
  }
  expected<Node*, ParseError> make(Kind kind, std::size_t offset) {
    HEADROOM_TRY_VOID(charge(0, offset));
    Node* node = graph_.arena->make(kind, offset);
    if (node == nullptr) return unexpected(charge(~std::uint64_t{0} >> 1U, offset).error());
    return node;
  }
  Graph graph_;
};
}  // namespace headroom::formats
