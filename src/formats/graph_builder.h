// Makes the nodes of a Graph for readers of documents (JSON, UBJSON), within a budget of memory.
#pragma once
#include <cstring>
#include <memory>
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
  expected<Value, ParseError> numbers(const std::vector<double>& values, std::size_t offset) {
    HEADROOM_TRY_VOID(charge(values.size() * sizeof(double), offset));
    const auto kept = graph_.arena->keep(std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)));
    return array(DType{'f', false, 8, {}}, std::as_bytes(std::span(kept)), offset);
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
  expected<Node*, ParseError> make(Kind kind, std::size_t offset) {
    HEADROOM_TRY_VOID(charge(0, offset));
    Node* node = graph_.arena->make(kind, offset);
    if (node == nullptr) return unexpected(charge(~std::uint64_t{0} >> 1U, offset).error());
    return node;
  }
  Graph graph_;
};
}  // namespace headroom::formats
