// REDUCE and BUILD for what is not numpy's: a few of Python's own constructors, and calls that stay calls.
#include "formats/pickle_stream.h"

namespace headroom::formats {
namespace {
/// bytes as protocols 0 to 2 write them: text whose code points are the bytes.
Made encode_latin1(PickleStream& stream, std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      bytes += text[i];
      continue;
    }
    if ((byte != 0xc2 && byte != 0xc3) || i + 1 >= text.size()) return stream.fail("bytes written as text hold a character beyond latin-1");
    bytes += static_cast<char>(((byte & 0x03U) << 6U) | (static_cast<unsigned char>(text[++i]) & 0x3fU));
  }
  return stream.make_owned(Kind::bytes, std::move(bytes));
}

bool is_latin1(const Value& encoding) {
  return encoding.is(Kind::text) && (encoding.text() == "latin1" || encoding.text() == "latin-1");
}

/// bytes(), bytes(b), bytearray(b), bytearray(text, 'latin-1'). None-kind when the arguments are something else.
Made make_bytes(PickleStream& stream, std::span<const Value> args) {
  if (args.empty()) return stream.make_text(Kind::bytes, {});
  if (args.size() == 1 && args[0].is(Kind::bytes)) return args[0];
  if (args.size() == 2 && args[0].is(Kind::text) && is_latin1(args[1])) return encode_latin1(stream, args[0].text());
  return Value();
}

Made make_set(PickleStream& stream, std::span<const Value> args) {
  HEADROOM_TRY(node, stream.make(Kind::set));
  if (args.empty()) return Value(node);
  if (args.size() != 1 || (!args[0].is(Kind::list) && !args[0].is(Kind::tuple))) return stream.fail("a set of " + describe(args[0]));
  for (const auto& item : args[0].items()) {
    if (item.is(Kind::list) || item.is(Kind::dict) || item.is(Kind::set)) return stream.fail(describe(item) + " in a set");
    HEADROOM_TRY_VOID(stream.append(*node, item));
  }
  return Value(node);
}

Made make_call(PickleStream& stream, Kind kind, Value callee, Value args) {
  HEADROOM_TRY(node, stream.make(kind));
  HEADROOM_TRY_VOID(stream.charge(3 * sizeof(Value)));
  node->items = {callee, args, Value()};
  return Value(node);
}

/// copyreg._reconstructor(class, base, content): how protocols 0 and 1 write what later ones write as NEWOBJ.
Made make_object(PickleStream& stream, std::span<const Value> args) {
  if (args.size() != 3 || !args[0].is(Kind::global)) return stream.fail("copyreg._reconstructor with other arguments than (class, base, state)");
  HEADROOM_TRY(empty, stream.make(Kind::tuple));
  const bool is_tuple = args[1].is_global("builtins.tuple") && args[2].is(Kind::tuple);   // a namedtuple: later protocols give these as arguments
  HEADROOM_TRY(object, make_call(stream, Kind::object, args[0], is_tuple ? args[2] : Value(empty)));
  if (args[1].is_global("builtins.dict") && args[2].is(Kind::dict)) {
    HEADROOM_TRY_VOID(stream.charge(2 * sizeof(Value)));
    object.node()->items.resize(5);
    object.node()->items[4] = args[2];
  }
  return object;
}
}  // namespace

Made reduce(PickleStream& stream, Value callee, Value args) {
  const auto list = args.items();
  const auto name = callee.is(Kind::global) ? callee.text() : std::string_view();
  if (name.starts_with("numpy.")) {
    HEADROOM_TRY(reduced, reduce_numpy(stream, callee, list));
    if (reduced.handled) return reduced.value;
  }
  if (name == "_codecs.encode" && list.size() == 2 && list[0].is(Kind::text) && is_latin1(list[1])) return encode_latin1(stream, list[0].text());
  if (name == "builtins.bytes" || name == "builtins.bytearray") {
    HEADROOM_TRY(bytes, make_bytes(stream, list));
    if (!bytes.is(Kind::none)) return bytes;
  }
  if (name == "builtins.set" || name == "builtins.frozenset") return make_set(stream, list);
  if (name == "copyreg._reconstructor") return make_object(stream, list);
  return make_call(stream, Kind::call, callee, args);
}

Step set_state(PickleStream& stream, Value target, Value state) {
  Node* node = target.node();
  switch (target.kind()) {
    case Kind::array: return set_array_state(stream, *node, state);
    case Kind::dtype: return set_dtype_state(stream, *node, state);
    case Kind::call:
    case Kind::object: break;
    default: return stream.fail("BUILD gives a state to " + describe(target));
  }
  if (node->has_state) return stream.fail("BUILD gives " + describe(target) + " a second state");
  node->has_state = true;
  node->items[2] = state;
  return {};
}
}  // namespace headroom::formats
