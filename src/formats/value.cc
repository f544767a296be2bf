#include "formats/value.h"

#include "formats/error.h"

namespace headroom::formats {
namespace {
enum Slot : std::size_t { kCallee, kArgs, kState, kListItems, kDictItems };

Value slot(const Node* node, Slot slot) {
  if (node == nullptr || (node->kind != Kind::call && node->kind != Kind::object) || node->items.size() <= slot) return {};
  return node->items[slot];
}
}  // namespace

Kind Value::kind() const { return is_node_ ? of_.node->kind : kind_; }

std::string_view Value::text() const { return is_node_ ? of_.node->text : std::string_view(); }

std::span<const Value> Value::items() const {
  switch (kind()) {
    case Kind::tuple:
    case Kind::list:
    case Kind::set:
    case Kind::dict: return of_.node->items;
    default: return {};
  }
}

const Value* Value::find(std::string_view key) const {
  if (!is(Kind::dict)) return nullptr;
  const auto pairs = items();
  for (std::size_t i = pairs.size(); i >= 2; i -= 2) {
    if (pairs[i - 2].is(Kind::text) && pairs[i - 2].text() == key) return &pairs[i - 1];
  }
  return nullptr;
}

Value Value::callee() const { return slot(node(), kCallee); }
Value Value::args() const { return slot(node(), kArgs); }
Value Value::state() const { return slot(node(), kState); }
Value Value::dict_items() const { return slot(node(), kDictItems); }

const NdArray* Value::array() const { return is(Kind::array) ? of_.node->array.get() : nullptr; }
const DType* Value::dtype() const { return is(Kind::dtype) ? &of_.node->array->dtype : nullptr; }
std::size_t Value::offset() const { return is_node_ ? of_.node->offset : 0; }

expected<void, OverBudget> Arena::charge(std::uint64_t bytes) {
  if (bytes > left_) return unexpected(OverBudget{});
  left_ -= bytes;
  return {};
}

Node* Arena::make(Kind kind, std::size_t offset) {
  if (!charge(sizeof(Node))) return nullptr;
  if (used_ == kBlock) {
    blocks_.push_back(std::make_unique<Node[]>(kBlock));
    used_ = 0;
  }
  Node* node = &blocks_.back()[used_++];
  node->kind = kind;
  node->offset = offset;
  return node;
}

std::string describe(const Value& value) {
  switch (value.kind()) {
    case Kind::none: return "None";
    case Kind::boolean: return value.boolean() ? "True" : "False";
    case Kind::integer: return "the number " + std::to_string(value.integer());
    case Kind::real: return "the number " + std::to_string(value.real());
    case Kind::bigint: return "a very large integer";
    case Kind::text: return "the text '" + printable(value.text(), 40) + "'";
    case Kind::bytes: return "bytes";
    case Kind::tuple: return "a tuple of " + std::to_string(value.items().size());
    case Kind::list: return "a list of " + std::to_string(value.items().size());
    case Kind::dict: return "a dict";
    case Kind::set: return "a set";
    case Kind::global: return "the name " + printable(value.text());
    case Kind::call: return "a call of " + printable(value.callee().text());
    case Kind::object: return "an object of " + printable(value.callee().text());
    case Kind::dtype: return "a dtype";
    case Kind::array: break;
  }
  std::string shape;
  for (const auto dimension : value.array()->shape) shape += (shape.empty() ? "" : ", ") + std::to_string(dimension);
  return "an array of shape (" + shape + ") and dtype " + value.array()->dtype.descr();
}
}  // namespace headroom::formats
