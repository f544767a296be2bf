#include "formats/pickle.h"

#include "formats/pickle_machine.h"

namespace headroom::formats {
Step Machine::step(std::uint8_t opcode) {
  switch (opcode) {
    case 0x80: return proto();
    case 0x95: return frame();
    case '(': return mark();
    case '0': return stack_.size() > floor() ? (stack_.pop_back(), Step()) : pop_to_mark().map([](const auto&) {});
    case '1': return pop_to_mark().map([](const auto&) {});
    case '2': return push(top());
    case 'N': return push(Value());
    case 0x88: return push(Value(true));
    case 0x89: return push(Value(false));
    case 'J': return number<std::int32_t>().and_then([&](auto n) { return push(Value(std::int64_t{n})); });
    case 'K': return number<std::uint8_t>().and_then([&](auto n) { return push(Value(std::int64_t{n})); });
    case 'M': return number<std::uint16_t>().and_then([&](auto n) { return push(Value(std::int64_t{n})); });
    case 0x8a: return number<std::uint8_t>().and_then([&](auto n) { return long_bytes(n); });
    case 0x8b: return number<std::int32_t>().and_then([&](auto n) -> Step {
      if (n < 0) return s_.fail("a negative length");
      return long_bytes(static_cast<std::uint64_t>(n));
    });
    case 'G': return bin_float();
    case 0x8c: return push_counted<std::uint8_t>(Kind::text);
    case 'X': return push_counted<std::uint32_t>(Kind::text);
    case 0x8d: return push_counted<std::uint64_t>(Kind::text);
    case 'C': return push_counted<std::uint8_t>(Kind::bytes);
    case 'B': return push_counted<std::uint32_t>(Kind::bytes);
    case 0x8e:
    case 0x96: return push_counted<std::uint64_t>(Kind::bytes);
    case ')': return collect(Kind::tuple, {});
    case 0x85: return collect_top(1);
    case 0x86: return collect_top(2);
    case 0x87: return collect_top(3);
    case 't': return collect_marked(Kind::tuple);
    case ']': return collect(Kind::list, {});
    case '}': return collect(Kind::dict, {});
    case 0x8f: return collect(Kind::set, {});
    case 0x91: return collect_marked(Kind::set);
    case 'a': return pop().and_then([&](Value v) { return top().and_then([&](Value t) { return append_to(t, {&v, 1}); }); });
    case 'e': return pop_to_mark().and_then([&](const auto& v) { return top().and_then([&](Value t) { return append_to(t, v); }); });
    case 'u': return pop_to_mark().and_then([&](const auto& v) { return top().and_then([&](Value t) { return set_items(t, v); }); });
    case 0x90: return pop_to_mark().and_then([&](const auto& v) { return top().and_then([&](Value t) { return add_items(t, v); }); });
    case 0x94: return memo_put(memo_.size());
    case 'q': return number<std::uint8_t>().and_then([&](auto n) { return memo_put(n); });
    case 'r': return number<std::uint32_t>().and_then([&](auto n) { return memo_put(n); });
    case 'h': return number<std::uint8_t>().and_then([&](auto n) { return memo_get(n); });
    case 'j': return number<std::uint32_t>().and_then([&](auto n) { return memo_get(n); });
    case 0x93: return stack_global();
    case 'R': return do_reduce();
    case 0x81: return new_object(false);
    case 0x92: return new_object(true);
    case 'b': return build();
    default: return step_old(opcode);
  }
}

/// Opcodes of protocols 0 and 1, and those that are refused by name.
Step Machine::step_old(std::uint8_t opcode) {
  const auto with_line = [&](auto parse) {
    return line().and_then([&](std::string_view text) { return push(parse(s_, text)); });
  };
  switch (opcode) {
    case 's': return pop().and_then([&](Value v) {
      return pop().and_then([&](Value k) {
        const Value pair[] = {k, v};
        return top().and_then([&](Value t) { return set_items(t, pair); });
      });
    });
    case 'c': return line().and_then([&](auto module) { return line().and_then([&](auto name) { return global(module, name); }); });
    case 'I': return with_line(parse_int_line);
    case 'L': return with_line(parse_long_line);
    case 'F': return with_line(parse_float_line);
    case 'S': return with_line(parse_string_line);
    case 'V': return with_line(parse_unicode_line);
    case 'T':
    case 'U': {
      HEADROOM_TRY_VOID(opcode == 'T' ? push_counted<std::int32_t>(Kind::text) : push_counted<std::uint8_t>(Kind::text));
      for (const char c : stack_.back().text()) {
        if (static_cast<unsigned char>(c) >= 0x80) return s_.fail("a Python 2 string is not ASCII", ParseCode::unsupported);
      }
      return {};
    }
    case 'l': return collect_marked(Kind::list);
    case 'd': return collect_marked(Kind::dict);
    case 'p': return memo_line().and_then([&](auto n) { return memo_put(n); });
    case 'g': return memo_line().and_then([&](auto n) { return memo_get(n); });
    case 'i': return instance(false);
    case 'o': return instance(true);
    case 0x82:
    case 0x83:
    case 0x84: return s_.fail("opcode EXT: names from Python's extension registry are not read", ParseCode::unsupported);
    case 'P':
    case 'Q': return s_.fail("opcode PERSID: persistent ids point outside of the file and are not read", ParseCode::unsupported);
    case 0x97:
    case 0x98: return s_.fail("opcode NEXT_BUFFER: out-of-band buffers are not in this file", ParseCode::unsupported);
    default: break;
  }
  return s_.fail("unknown opcode " + std::to_string(opcode) + (s_.at == 0 ? ": this is no pickle" : ""));
}

expected<Graph, ParseError> read_pickle(std::span<const std::byte> stream, const Limits& limits, std::uint64_t file_bytes) {
  Graph graph;
  graph.arena = std::make_unique<Arena>(limits.graph(file_bytes));
  graph.stream_bytes = stream.size();
  PickleStream shared{ByteReader(stream), limits, graph, 0, {}};
  HEADROOM_TRY(root, Machine(shared, 0).run());
  graph.root = root;
  graph.trailing = shared.reader.left();
  return graph;
}
}  // namespace headroom::formats
