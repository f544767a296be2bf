// What each opcode does to the stack, the memo and the graph.
#include <bit>

#include "formats/pickle_machine.h"

namespace headroom::formats {
Made Machine::stop() {
  if (!marks_.empty()) return s_.fail("STOP inside of an open mark");
  return pop();
}

Step Machine::proto() {
  HEADROOM_TRY(version, number<std::uint8_t>());
  if (version > 5) return s_.fail("pickle protocol " + std::to_string(version) + "; 0 to 5 are known", ParseCode::unsupported);
  if (depth_ == 0) s_.graph.protocol = version;
  return {};
}

Step Machine::frame() {
  HEADROOM_TRY(length, number<std::uint64_t>());
  if (length <= s_.reader.left()) return {};
  return s_.fail("a frame of " + std::to_string(length) + " bytes is announced, but only " + std::to_string(s_.reader.left()) + " are left",
                 ParseCode::truncated);
}

Step Machine::bin_float() {
  HEADROOM_TRY(bits, number<std::uint64_t>());
  return push(Value(std::bit_cast<double>(__builtin_bswap64(bits))));
}

Step Machine::long_bytes(std::uint64_t length) {
  HEADROOM_TRY(raw, counted(length));
  if (raw.size() > 8) return push(s_.make_text(Kind::bigint, raw));
  std::uint64_t value = !raw.empty() && (raw.back() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (std::size_t i = raw.size(); i-- > 0;) value = (value << 8U) | static_cast<unsigned char>(raw[i]);
  return push(Value(static_cast<std::int64_t>(value)));
}

Step Machine::memo_put(std::uint64_t index) {
  HEADROOM_TRY(value, top());
  // Python numbers its memo without gaps, so an index beyond the bytes read so far is a lie that would cost memory.
  if (index > s_.at) return s_.fail("memo index " + std::to_string(index) + " is larger than the pickle so far");
  if (index >= memo_.size()) {
    HEADROOM_TRY_VOID(s_.charge((index + 1 - memo_.size()) * 2 * sizeof(Value)));
    memo_.resize(index + 1);
    memo_set_.resize(index + 1);
  }
  memo_[index] = value;
  memo_set_[index] = true;
  return {};
}

Step Machine::memo_get(std::uint64_t index) {
  if (index >= memo_.size() || !memo_set_[index]) return s_.fail("memo index " + std::to_string(index) + " was never set");
  return push(memo_[index]);
}

expected<std::uint64_t, ParseError> Machine::memo_line() {
  HEADROOM_TRY(text, line());
  std::uint64_t index = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || index > s_.at) return s_.fail("'" + printable(text, 20) + "' is no memo index");
    index = index * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (text.empty()) return s_.fail("an empty memo index");
  return index;
}

Step Machine::collect(Kind kind, std::vector<Value> values) {
  if (kind == Kind::dict || kind == Kind::set) {
    if (kind == Kind::dict && values.size() % 2 != 0) return s_.fail("a dict with a key that has no value");
    for (std::size_t i = 0; i < values.size(); i += kind == Kind::dict ? 2 : 1) HEADROOM_TRY_VOID(check_hashable(values[i]));
  }
  HEADROOM_TRY(node, s_.make(kind));
  HEADROOM_TRY_VOID(s_.charge(values.size() * sizeof(Value)));
  node->items = std::move(values);
  return push(Value(node));
}

Step Machine::collect_marked(Kind kind) {
  HEADROOM_TRY(values, pop_to_mark());
  return collect(kind, std::move(values));
}

Step Machine::collect_top(std::size_t count) {
  if (stack_.size() - floor() < count) return s_.fail("a tuple needs more values than the stack has");
  const auto start = stack_.end() - static_cast<std::ptrdiff_t>(count);
  std::vector<Value> values(start, stack_.end());
  stack_.erase(start, stack_.end());
  return collect(Kind::tuple, std::move(values));
}

namespace {
/// Objects and calls take list and dict items too: subclasses of list and dict are written so.
Node* items_slot(PickleStream& stream, Node& node, Kind kind) {
  const std::size_t slot = kind == Kind::list ? 3 : 4;
  if (node.items.size() <= slot) node.items.resize(slot + 1);
  if (node.items[slot].node() == nullptr) {
    Node* made = stream.graph.arena->make(kind, stream.at);
    if (made == nullptr) return nullptr;
    node.items[slot] = Value(made);
  }
  return node.items[slot].node();
}
}  // namespace

Step Machine::append_to(Value target, std::span<const Value> values) {
  Node* list = target.node();
  if (target.is(Kind::object) || target.is(Kind::call)) {
    list = items_slot(s_, *list, Kind::list);
    if (list == nullptr) return s_.over_budget();
  } else if (!target.is(Kind::list)) {
    return s_.fail("APPEND to " + describe(target));
  }
  for (const auto& value : values) HEADROOM_TRY_VOID(s_.append(*list, value));
  return {};
}

Step Machine::set_items(Value target, std::span<const Value> pairs) {
  Node* dict = target.node();
  if (target.is(Kind::object) || target.is(Kind::call)) {
    dict = items_slot(s_, *dict, Kind::dict);
    if (dict == nullptr) return s_.over_budget();
  } else if (!target.is(Kind::dict)) {
    return s_.fail("SETITEM on " + describe(target));
  }
  if (pairs.size() % 2 != 0) return s_.fail("a dict with a key that has no value");
  for (std::size_t i = 0; i < pairs.size(); i += 2) {
    HEADROOM_TRY_VOID(check_hashable(pairs[i]));
    HEADROOM_TRY_VOID(s_.append(*dict, pairs[i]));
    HEADROOM_TRY_VOID(s_.append(*dict, pairs[i + 1]));
  }
  return {};
}

Step Machine::add_items(Value target, std::span<const Value> values) {
  if (!target.is(Kind::set)) return s_.fail("ADDITEMS on " + describe(target));
  for (const auto& value : values) {
    HEADROOM_TRY_VOID(check_hashable(value));
    HEADROOM_TRY_VOID(s_.append(*target.node(), value));
  }
  return {};
}

Step Machine::check_hashable(const Value& value) {
  switch (value.kind()) {
    case Kind::list:
    case Kind::dict:
    case Kind::set:
    case Kind::array: return s_.fail(describe(value) + " as a key");
    default: return {};
  }
}

namespace {
/// Modules that moved, under the name that the importers know.
std::string full_name(std::string_view module, std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kMoved[] = {
      {"__builtin__", "builtins"}, {"copy_reg", "copyreg"}, {"_loss", "sklearn._loss._loss"}};
  std::string full(module);
  for (const auto& [old, now] : kMoved) {
    if (module == old) full = now;
  }
  if (module.starts_with("numpy._core.")) full = "numpy.core." + full.substr(12);
  return full.append(".").append(name);
}
}  // namespace

Step Machine::global(std::string_view module, std::string_view name) {
  if (module.empty() || name.empty()) return s_.fail("a name of a class or function is empty");
  if (module.size() > s_.limits.max_name || name.size() > s_.limits.max_name) {
    return s_.fail("a name of a class or function has " + std::to_string(std::max(module.size(), name.size())) + " bytes", ParseCode::over_limit);
  }
  if (!is_utf8(module) || !is_utf8(name)) return s_.fail("a name of a class or function is not valid UTF-8");
  HEADROOM_TRY(value, s_.make_owned(Kind::global, full_name(module, name)));
  if (!s_.seen_globals.contains(value.text())) {
    HEADROOM_TRY_VOID(s_.charge(128));
    s_.seen_globals.emplace(value.text(), s_.graph.globals.size());
    s_.graph.globals.push_back({value.text(), s_.at});
  }
  return push(value);
}

Step Machine::stack_global() {
  HEADROOM_TRY(name, pop());
  HEADROOM_TRY(module, pop());
  if (!name.is(Kind::text) || !module.is(Kind::text)) return s_.fail("STACK_GLOBAL needs two strings");
  return global(module.text(), name.text());
}

namespace {
bool can_be_called(const Value& value) {
  return value.is(Kind::global) || value.is(Kind::call) || value.is(Kind::object);
}
}  // namespace

Step Machine::new_object(bool with_keywords) {
  if (with_keywords) {
    HEADROOM_TRY(keywords, pop());
    if (!keywords.is(Kind::dict)) return s_.fail("NEWOBJ_EX needs a dict of arguments, not " + describe(keywords));
  }
  HEADROOM_TRY(args, pop());
  HEADROOM_TRY(type, pop());
  if (!args.is(Kind::tuple)) return s_.fail("NEWOBJ needs a tuple of arguments, not " + describe(args));
  if (!can_be_called(type)) return s_.fail("NEWOBJ of " + describe(type) + ", which is no class");
  HEADROOM_TRY(node, s_.make(Kind::object));
  HEADROOM_TRY_VOID(s_.charge(3 * sizeof(Value)));
  node->items = {type, args, Value()};
  return push(Value(node));
}

Step Machine::do_reduce() {
  HEADROOM_TRY(args, pop());
  HEADROOM_TRY(callee, pop());
  if (!args.is(Kind::tuple)) return s_.fail("REDUCE needs a tuple of arguments, not " + describe(args));
  if (!can_be_called(callee)) return s_.fail("REDUCE of " + describe(callee) + ", which cannot be called");
  return push(reduce(s_, callee, args));
}

Step Machine::build() {
  HEADROOM_TRY(state, pop());
  HEADROOM_TRY(target, top());
  if (!is_array_wrapper(target)) return set_state(s_, target, state);
  HEADROOM_TRY(wrapper, read_wrapper(s_, state));
  if (wrapper.dtype.kind != 'O') return fill_wrapper(s_, *target.node(), std::move(wrapper));
  // An object array: a pickle of its own follows, whose result is the array.
  if (depth_ + 1 >= s_.limits.max_depth) return s_.fail("pickles are nested more than " + std::to_string(depth_) + " deep in object arrays", ParseCode::over_limit);
  const auto at = s_.at;
  HEADROOM_TRY(inner, Machine(s_, depth_ + 1).run());
  s_.at = at;
  if (inner.array() == nullptr || inner.array()->dtype.kind != 'O') return s_.fail("an object array is " + describe(inner));
  if (inner.array()->shape != wrapper.shape) return s_.fail("an object array has another shape than announced: " + describe(inner));
  HEADROOM_TRY_VOID(s_.charge(sizeof(NdArray) + inner.array()->objects.size() * sizeof(Value)));
  Node& node = *target.node();
  node.array = std::make_unique<NdArray>(*inner.array());
  node.items.clear();
  node.kind = Kind::array;
  return {};
}

/// INST names its class in two lines; OBJ has it as the first value above the mark.
Step Machine::instance(bool class_on_stack) {
  if (!class_on_stack) {
    HEADROOM_TRY(module, line());
    HEADROOM_TRY(name, line());
    HEADROOM_TRY_VOID(global(module, name));
    HEADROOM_TRY(type, pop());
    HEADROOM_TRY_VOID(collect_marked(Kind::tuple));
    HEADROOM_TRY(args, pop());
    return push(reduce(s_, type, args));
  }
  HEADROOM_TRY(values, pop_to_mark());
  if (values.empty() || !values[0].is(Kind::global)) return s_.fail("OBJ without a class");
  const Value type = values[0];
  values.erase(values.begin());
  HEADROOM_TRY_VOID(collect(Kind::tuple, std::move(values)));
  HEADROOM_TRY(args, pop());
  return push(reduce(s_, type, args));
}
}  // namespace headroom::formats
