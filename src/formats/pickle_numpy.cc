// numpy's three ways into a pickle: dtype(…), _reconstruct(…) + state, _frombuffer(…); and its scalars.
#include <algorithm>

#include "formats/pickle_stream.h"

namespace headroom::formats {
namespace {
std::span<const std::byte> bytes_of(const Value& value) { return std::as_bytes(std::span(value.text())); }

expected<Value, ParseError> make_array(PickleStream& stream, NdArray array) {
  HEADROOM_TRY_VOID(stream.charge(sizeof(NdArray) + 64 + array.dtype.fields.size() * sizeof(DType::Field)));
  HEADROOM_TRY(node, stream.make(Kind::array));
  node->array = std::make_unique<NdArray>(std::move(array));
  return Value(node);
}

expected<Reduced, ParseError> make_dtype(PickleStream& stream, std::span<const Value> args) {
  if (args.empty() || !args[0].is(Kind::text)) return stream.fail("a dtype of " + describe(args.empty() ? Value() : args[0]));
  auto type = parse_dtype(args[0].text());
  if (!type) return stream.fail("unknown array dtype '" + printable(args[0].text(), 40) + "'");
  HEADROOM_TRY_VOID(stream.charge(sizeof(NdArray)));
  HEADROOM_TRY(node, stream.make(Kind::dtype));
  node->array = std::make_unique<NdArray>();
  node->array->dtype = std::move(*type);
  return Reduced{true, Value(node)};
}

/// An array without content; its BUILD brings shape, dtype and bytes.
expected<Reduced, ParseError> make_reconstruct(PickleStream& stream, std::span<const Value> args) {
  if (args.size() != 3) return stream.fail("numpy's _reconstruct with " + std::to_string(args.size()) + " arguments, not 3, for an array");
  if (!args[0].is_global("numpy.ndarray") && !args[0].is_global("numpy.matrix")) {
    return stream.fail("an array whose subclass is " + describe(args[0]), ParseCode::unsupported);
  }
  NdArray empty;
  empty.dtype = DType{'i', false, 1, {}};
  empty.shape = {0};
  HEADROOM_TRY(array, make_array(stream, std::move(empty)));
  return Reduced{true, array};
}

/// numpy.transpose(array, axes): axis i of the result is axis axes[i] of the array, whose bytes stand in C order. Copies.
expected<void, ParseError> transpose(PickleStream& stream, std::span<const Value> axes, NdArray& array) {
  const std::size_t n = array.shape.size();
  std::vector<std::uint64_t> shape, steps(n, 1), step_of, at(n, 0);
  std::vector<bool> seen(n);
  for (std::size_t i = n; i-- > 1;) steps[i - 1] = steps[i] * array.shape[i];
  for (const Value& axis : axes) {
    const bool fits = axis.is(Kind::integer) && axis.integer() >= 0 && static_cast<std::size_t>(axis.integer()) < n && !seen[static_cast<std::size_t>(axis.integer())];
    if (!fits) return stream.fail("the order of the axes of an array is no order of its " + std::to_string(n) + " axes");
    const auto from = static_cast<std::size_t>(axis.integer());
    seen[from] = true;
    shape.push_back(array.shape[from]);
    step_of.push_back(steps[from]);
  }
  if (shape.size() != n) return stream.fail("the order of the axes of an array names " + std::to_string(shape.size()) + " of its " + std::to_string(n) + " axes");
  std::string bytes;
  const std::uint64_t count = array.count();
  HEADROOM_TRY_VOID(stream.charge(array.data.size()));
  bytes.reserve(array.data.size());
  for (std::uint64_t k = 0; k < count; ++k) {
    std::uint64_t from = 0;
    for (std::size_t i = 0; i < n; ++i) from += at[i] * step_of[i];
    bytes.append(reinterpret_cast<const char*>(array.data.data()) + from * array.dtype.itemsize, array.dtype.itemsize);
    for (std::size_t i = n; i-- > 0 && ++at[i] == shape[i];) at[i] = 0;
  }
  HEADROOM_TRY(kept, stream.make_owned(Kind::bytes, std::move(bytes)));
  array.data = bytes_of(kept);
  array.shape = std::move(shape);
  return {};
}

expected<Reduced, ParseError> make_frombuffer(PickleStream& stream, std::span<const Value> args) {
  const bool has_axes = args.size() == 5 && args[3].is(Kind::text) && args[3].text() == "K" && args[4].is(Kind::tuple);   // numpy 2.4 and newer
  if (args.size() != 4 && !has_axes) return stream.fail("numpy's _frombuffer with " + std::to_string(args.size()) + " arguments for an array; 4 are known, or 5 with the order of the axes", ParseCode::unsupported);
  if (!args[0].is(Kind::bytes) || args[1].dtype() == nullptr) return stream.fail("numpy's _frombuffer makes an array from bytes and a dtype, not from " + describe(args[0]));
  NdArray array;
  array.dtype = *args[1].dtype();
  HEADROOM_TRY(shape, read_shape(stream, args[2]));
  array.shape = std::move(shape);
  if (!has_axes && (!args[3].is(Kind::text) || (args[3].text() != "C" && args[3].text() != "F"))) return stream.fail("the order of an array is " + describe(args[3]) + ", not 'C' or 'F'");
  array.fortran = args[3].text() == "F";
  array.data = bytes_of(args[0]);
  if (array.dtype.kind == 'O') return stream.fail("an array of dtype object over raw bytes");
  if (array.data.size() / array.dtype.itemsize != array.count() || array.data.size() % array.dtype.itemsize != 0) {
    return stream.fail("the shape of an array does not fit its " + std::to_string(array.data.size()) + " bytes");
  }
  if (has_axes) HEADROOM_TRY_VOID(transpose(stream, args[4].items(), array));
  HEADROOM_TRY(made, make_array(stream, std::move(array)));
  return Reduced{true, made};
}

expected<Reduced, ParseError> make_scalar(PickleStream& stream, std::span<const Value> args) {
  if (args.size() != 2 || args[0].dtype() == nullptr) return stream.fail("a numpy scalar needs a dtype and bytes, as an array does");
  const DType& type = *args[0].dtype();
  if (type.kind == 'O') return stream.fail("a numpy scalar of dtype object (no array, no number)", ParseCode::unsupported);
  if (!args[1].is(Kind::bytes) || args[1].text().size() != type.itemsize) return stream.fail("a numpy scalar has other bytes than its dtype needs");
  const std::byte* data = bytes_of(args[1]).data();
  if (type.kind == 'b') return Reduced{true, Value(read_int(type, data) != 0)};
  if (type.kind == 'i' || type.kind == 'u') return Reduced{true, Value(read_int(type, data))};
  if (type.is_numeric()) return Reduced{true, Value(read_double(type, data))};
  if (type.kind != 'U') return Reduced{};
  HEADROOM_TRY(text, stream.make_owned(Kind::text, read_text(type, data)));
  return Reduced{true, text};
}

expected<DType::Field, ParseError> read_field(PickleStream& stream, const Value& name, const Value* entry) {
  if (!name.is(Kind::text) || name.text().size() > stream.limits.max_name || entry == nullptr) return stream.fail("a structured dtype with a field that has no name or type");
  const auto parts = entry->items();
  if (!entry->is(Kind::tuple) || parts.size() < 2 || parts[0].dtype() == nullptr || !parts[1].is(Kind::integer)) {
    return stream.fail("field '" + printable(name.text(), 40) + "' of a structured dtype is " + describe(*entry));
  }
  const auto offset = parts[1].integer();
  if (offset < 0 || offset > (1 << 30)) return stream.fail("field '" + printable(name.text(), 40) + "' of a structured dtype lies at " + std::to_string(offset));
  HEADROOM_TRY_VOID(stream.charge(sizeof(DType::Field) + 64 + parts[0].dtype()->fields.size() * sizeof(DType::Field)));
  if (!parts[0].dtype()->fields.empty()) return stream.fail("a structured dtype inside a structured dtype", ParseCode::unsupported);
  return DType::Field{std::string(name.text()), static_cast<std::uint32_t>(offset), *parts[0].dtype()};
}

Step set_fields(PickleStream& stream, DType& type, const Value& names, const Value& fields) {
  if (!names.is(Kind::tuple) || !fields.is(Kind::dict) || type.kind != 'V') return stream.fail("a structured dtype whose fields are " + describe(fields));
  std::vector<DType::Field> list;
  for (const auto& name : names.items()) {
    HEADROOM_TRY(field, read_field(stream, name, name.is(Kind::text) ? fields.find(name.text()) : nullptr));
    list.push_back(std::move(field));
  }
  auto checked = with_fields(type, std::move(list));
  if (!checked) return stream.fail("the fields of a structured dtype overlap, reach beyond its " + std::to_string(type.itemsize) + " bytes or hold objects");
  type = std::move(*checked);
  return {};
}

Step set_objects(PickleStream& stream, NdArray& array, const Value& raw) {
  if (!raw.is(Kind::list)) return stream.fail("an array of dtype object whose data is " + describe(raw) + ", not a list");
  if (raw.items().size() != array.count()) return stream.fail("the shape of an array does not fit its list of " + std::to_string(raw.items().size()));
  HEADROOM_TRY_VOID(stream.charge(raw.items().size() * sizeof(Value)));
  array.objects.assign(raw.items().begin(), raw.items().end());
  return {};
}
}  // namespace

expected<std::vector<std::uint64_t>, ParseError> read_shape(PickleStream& stream, const Value& shape) {
  if (!shape.is(Kind::tuple)) return stream.fail("the shape of an array is " + describe(shape));
  if (shape.items().size() > stream.limits.max_dimensions) return stream.fail("the shape of an array has " + std::to_string(shape.items().size()) + " dimensions", ParseCode::over_limit);
  std::vector<std::uint64_t> sizes;
  for (const auto& item : shape.items()) {
    if (!item.is(Kind::integer) || item.integer() < 0) return stream.fail("the shape of an array holds " + describe(item));
    sizes.push_back(static_cast<std::uint64_t>(item.integer()));
  }
  if (!element_count(sizes, stream.graph.stream_bytes)) return stream.fail("the shape of an array is larger than the file", ParseCode::over_limit);
  return sizes;
}

expected<Reduced, ParseError> reduce_numpy(PickleStream& stream, Value callee, std::span<const Value> args) {
  const auto name = callee.text();
  if (name == "numpy.dtype") return make_dtype(stream, args);
  if (name == "numpy.core.multiarray._reconstruct") return make_reconstruct(stream, args);
  if (name == "numpy.core.numeric._frombuffer") {
    // numpy 2.4 adds a permutation of the axes for arrays that are neither C nor Fortran ordered; order is then 'K'.
    if (args.size() == 5 && args[3].is(Kind::text) && args[3].text() != "K") return make_frombuffer(stream, args.first(4));
    return make_frombuffer(stream, args);
  }
  if (name == "numpy.core.multiarray.scalar") return make_scalar(stream, args);
  return Reduced{};
}

Step set_array_state(PickleStream& stream, Node& target, Value state) {
  const auto parts = state.items();
  if (target.has_state) return stream.fail("BUILD gives an array a second state");
  if (!state.is(Kind::tuple) || parts.size() != 5 || parts[2].dtype() == nullptr) {
    return stream.fail("the state of an array is " + describe(state) + ", not (version, shape, dtype, order, data)");
  }
  NdArray array;
  array.dtype = *parts[2].dtype();
  HEADROOM_TRY(shape, read_shape(stream, parts[1]));
  array.shape = std::move(shape);
  array.fortran = (parts[3].is(Kind::boolean) && parts[3].boolean()) || (parts[3].is(Kind::integer) && parts[3].integer() != 0);
  if (array.dtype.kind == 'O') {
    HEADROOM_TRY_VOID(set_objects(stream, array, parts[4]));
  } else {
    if (!parts[4].is(Kind::bytes)) return stream.fail("the data of an array is " + describe(parts[4]) + ", not bytes");
    array.data = bytes_of(parts[4]);
    if (array.data.size() / array.dtype.itemsize != array.count() || array.data.size() % array.dtype.itemsize != 0) {
      return stream.fail("the shape of an array does not fit its " + std::to_string(array.data.size()) + " bytes");
    }
  }
  target.has_state = true;
  *target.array = std::move(array);
  return {};
}

Step set_dtype_state(PickleStream& stream, Node& target, Value state) {
  const auto parts = state.items();
  if (target.has_state) return stream.fail("BUILD gives a dtype a second state");
  if (!state.is(Kind::tuple) || parts.size() < 8) return stream.fail("the state of an array's dtype is " + describe(state));
  if (!parts[0].is(Kind::integer) || parts[0].integer() < 3 || parts[0].integer() > 4) {
    return stream.fail("the state of an array's dtype has version " + describe(parts[0]) + "; 3 and 4 are known", ParseCode::unsupported);
  }
  DType& type = target.array->dtype;
  if (!parts[1].is(Kind::text)) return stream.fail("the byte order of an array's dtype is " + describe(parts[1]));
  type.swapped = parts[1].text() == ">" && type.itemsize > 1 && type.kind != 'S' && type.kind != 'V' && type.kind != 'O';
  if (!parts[2].is(Kind::none)) return stream.fail("a dtype of sub-arrays (array in an array)", ParseCode::unsupported);
  if (parts[5].is(Kind::integer) && parts[5].integer() != -1 && parts[5].integer() != type.itemsize) {
    return stream.fail("the itemsize of an array's dtype " + type.descr() + " is said to be " + std::to_string(parts[5].integer()));
  }
  if (!parts[3].is(Kind::none)) HEADROOM_TRY_VOID(set_fields(stream, type, parts[3], parts[4]));
  target.has_state = true;
  return {};
}
}  // namespace headroom::formats
