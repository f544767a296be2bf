#include "formats/joblib.h"

#include "formats/container.h"
#include "formats/pickle.h"
#include "formats/pickle_stream.h"

namespace headroom::formats {
bool is_array_wrapper(const Value& value) {
  if (!value.is(Kind::object) && !value.is(Kind::call)) return false;
  const auto type = value.callee();
  return type.is_global("joblib.numpy_pickle.NumpyArrayWrapper") || type.is_global("sklearn.externals.joblib.numpy_pickle.NumpyArrayWrapper");
}

expected<WrapperState, ParseError> read_wrapper(PickleStream& stream, const Value& state) {
  if (!state.is(Kind::dict)) return stream.fail("the wrapper of an array has " + describe(state) + " as its state");
  const auto* shape = state.find("shape");
  const auto* dtype = state.find("dtype");
  const auto* order = state.find("order");
  const auto* subclass = state.find("subclass");
  const auto* align = state.find("numpy_array_alignment_bytes");
  if (shape == nullptr || dtype == nullptr || order == nullptr || subclass == nullptr) return stream.fail("the wrapper of an array lacks shape, dtype, order or subclass");
  if (dtype->dtype() == nullptr) return stream.fail("the dtype of a wrapped array is " + describe(*dtype));
  if (!subclass->is_global("numpy.ndarray") && !subclass->is_global("numpy.matrix") && !subclass->is_global("numpy.memmap") && !subclass->is_global("numpy.core.memmap.memmap")) {
    return stream.fail("the subclass of a wrapped array is " + describe(*subclass), ParseCode::unsupported);
  }
  if (!order->is(Kind::text) || (order->text() != "C" && order->text() != "F")) return stream.fail("the order of a wrapped array is " + describe(*order) + ", not 'C' or 'F'");
  if (align != nullptr && !align->is(Kind::none) && !align->is(Kind::integer)) return stream.fail("the alignment of a wrapped array is " + describe(*align));
  HEADROOM_TRY(sizes, read_shape(stream, *shape));
  return WrapperState{std::move(sizes), *dtype->dtype(), order->text() == "F", align != nullptr && align->is(Kind::integer)};
}

Step fill_wrapper(PickleStream& stream, Node& node, WrapperState wrapper) {
  if (wrapper.padded) {
    const auto pad = stream.reader.little<std::uint8_t>();
    if (!pad || !stream.reader.take(*pad)) return stream.fail("the padding before an array's data reaches beyond the end", ParseCode::truncated);
  }
  NdArray array;
  array.dtype = std::move(wrapper.dtype);
  array.shape = std::move(wrapper.shape);
  array.fortran = wrapper.fortran;
  const std::uint64_t count = array.count();   // read_shape held it against the stream's length
  const std::uint64_t left = stream.reader.left();
  if (count > left / array.dtype.itemsize) {
    return stream.fail("an array of " + std::to_string(count) + " elements of dtype " + array.dtype.descr() + " is announced, but only " + std::to_string(left) + " bytes are left",
                       ParseCode::truncated);
  }
  array.data = *stream.reader.take(static_cast<std::size_t>(count * array.dtype.itemsize));
  HEADROOM_TRY_VOID(stream.charge(sizeof(NdArray) + 64 + array.dtype.fields.size() * sizeof(DType::Field)));
  node.array = std::make_unique<NdArray>(std::move(array));
  node.items.clear();
  node.kind = Kind::array;
  node.has_state = true;
  return {};
}

expected<Graph, ParseError> read_joblib(std::span<const std::byte> file, const Limits& limits, std::shared_ptr<const void> owner) {
  if (sniff_container(file) == Container::none) {
    HEADROOM_TRY(graph, read_pickle(file, limits, file.size()));
    graph.inflated = std::move(owner);
    return std::move(graph);
  }
  HEADROOM_TRY(inflated, inflate(file, limits));
  owner.reset();
  HEADROOM_TRY(graph, read_pickle(inflated->bytes(), limits, file.size()));
  graph.inflated = std::move(inflated);
  return std::move(graph);
}
}  // namespace headroom::formats
