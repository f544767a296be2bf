// Arrays of objects, slices and sparse matrices in skops files.
#include "formats/npy.h"
#include "formats/skops_builder.h"

namespace headroom::formats {
/// The elements of lists in lists, one level for each size of `shape` behind the first.
expected<std::vector<Value>, SkopsError> SkopsBuilder::flatten(std::span<const Value> items, const std::vector<std::uint64_t>& shape, const std::string& path) {
  std::vector<Value> level(items.begin(), items.end());
  for (std::size_t d = 1; d < shape.size(); ++d) {
    std::vector<Value> next;
    for (const Value& item : level) {
      if (!item.is(Kind::list) || item.items().size() != shape[d]) return fail(path, "an array of objects whose shape does not fit its content");
      HEADROOM_TRY_VOID(charge(item.items().size() * sizeof(Value), path));
      next.insert(next.end(), item.items().begin(), item.items().end());
    }
    level = std::move(next);
  }
  return level;
}

SkopsBuilder::Made SkopsBuilder::object_array(const Value& shape, const Value& items, const Limits& limits, const std::string& path) {
  NdArray content;
  content.dtype = DType{'O', false, 8, {}};
  for (const auto& size : shape.items()) {
    if (!size.is(Kind::integer) || size.integer() < 0 || content.shape.size() == limits.max_dimensions) return fail(path, "an array of objects whose shape is no tuple of sizes");
    content.shape.push_back(static_cast<std::uint64_t>(size.integer()));
  }
  HEADROOM_TRY(objects, flatten(items.items(), content.shape, path));
  const auto count = element_count(content.shape, std::max<std::uint64_t>(objects.size(), 1));
  if (!shape.is(Kind::tuple) || !count || *count != objects.size()) return fail(path, "an array of objects whose shape does not fit its content");
  content.objects = std::move(objects);
  return array(std::move(content), path);
}

SkopsBuilder::Made SkopsBuilder::slice_of(const Value& content, const std::string& path) {
  std::vector<Value> bounds;
  for (const auto* name : {"start", "stop", "step"}) {
    const auto* bound = content.find(name);
    if (bound == nullptr || (!bound->is(Kind::none) && !bound->is(Kind::integer) && !bound->is(Kind::text))) return fail(path, "a slice of skops needs start, stop and step");
    if (bound->is(Kind::text)) {
      HEADROOM_TRY(kept, text(std::string(bound->text()), path));
      bounds.push_back(kept);
    } else {
      bounds.push_back(*bound);
    }
  }
  HEADROOM_TRY(callee, global("builtins.slice", path));
  HEADROOM_TRY(args, container(Kind::tuple, std::move(bounds), path));
  return object(Kind::call, callee, args, Value(), path);
}

SkopsBuilder::Made SkopsBuilder::sparse_state(Zip& npz, const Limits& limits, const std::string& path) {
  std::vector<Value> state;
  for (const auto* name : {"data", "indices", "indptr", "offsets", "shape"}) {
    const std::string stored = std::string(name) + ".npy";
    if (!npz.has(stored)) continue;
    auto npy = npz.read(stored);
    if (!npy) return unexpected(SkopsError{std::move(npy.error()), printable(path, 200)});
    auto values = read_npy(*npy, limits);
    if (!values) return unexpected(SkopsError{std::move(values.error()), printable(path, 200)});
    const bool is_shape = std::string_view(name) == "shape";
    HEADROOM_TRY(key, text(is_shape ? "_shape" : name, path));
    state.push_back(key);
    if (!is_shape) {
      HEADROOM_TRY(made, array(std::move(*values), path));
      state.push_back(made);
      continue;
    }
    std::vector<Value> sizes;
    if (!values->dtype.is_numeric() || values->count() > limits.max_dimensions) return fail(path, "a sparse matrix without a shape");
    for (std::size_t i = 0; i < values->count(); ++i) sizes.emplace_back(read_int(values->dtype, values->element(i)));
    HEADROOM_TRY(tuple, container(Kind::tuple, std::move(sizes), path));
    state.push_back(tuple);
  }
  return container(Kind::dict, std::move(state), path);
}
}  // namespace headroom::formats
