#include "model/onnx_encode.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/matrix_view.h"
#include "model/tensor_linear.h"

namespace headroom::model {
namespace {
Trouble scale_rows(const std::vector<float>& offset, const std::vector<float>& scale, const Call& call) {
  const Tensor& x = *call.in[0];
  MatrixView<const float> rows;
  if (!float_rows(x, call.scratch.floats, rows)) return kWrongType;
  const auto fits = [&](const std::vector<float>& list) { return list.size() == 1 || list.size() == rows.columns(); };
  if (!fits(offset) || !fits(scale)) return kWrongShape;
  float* out = call.make<float>(0, x.shape);
  if (out == nullptr) return kTooLarge;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    for (std::size_t j = 0; j < rows.columns(); ++j) *out++ = (rows(i, j) - offset[offset.size() == 1 ? 0 : j]) * scale[scale.size() == 1 ? 0 : j];
  }
  return kFine;
}

template <class T>
Trouble impute(const std::vector<T>& imputed, T replaced, const Call& call) {
  const Tensor& x = *call.in[0];
  if (imputed.empty() || x.element != element_of<T>()) return kWrongType;
  if (x.rank() == 0 || x.rank() > 2) return kWrongShape;
  T* out = call.make<T>(0, x.shape);
  if (out == nullptr) return kTooLarge;
  const std::size_t columns = x.columns();
  for (std::size_t i = 0; i < x.count(); ++i) {
    const T value = x.list<T>()[i];
    const bool is_missing = value == replaced || (value != value && replaced != replaced);
    out[i] = !is_missing ? value : imputed.size() == columns ? imputed[i % columns] : imputed[0];
  }
  return kFine;
}

/// Sorted keys of one type with the place each had first … or last, as the origin's own map keeps them.
class Places {
 public:
  explicit Places(const Tensor& keys) : element_(keys.element) {
    for (std::size_t i = 0; i < keys.count(); ++i) {
      if (element_ == Element::text) texts_[std::string(keys.text[i])] = i;
      else if (element_ == Element::i64) whole_[keys.i64[i]] = i;
      else if (element_ == Element::f32) add(static_cast<double>(keys.f32[i]), i);
      else add(keys.f64[i], i);
    }
  }
  [[nodiscard]] Element element() const noexcept { return element_; }
  /// Its place, or −1.
  [[nodiscard]] std::ptrdiff_t find(std::string_view key) const noexcept { return found(texts_, key); }
  [[nodiscard]] std::ptrdiff_t find(std::int64_t key) const noexcept { return found(whole_, key); }
  [[nodiscard]] std::ptrdiff_t find(float key) const noexcept { return find(static_cast<double>(key)); }
  [[nodiscard]] std::ptrdiff_t find(double key) const noexcept { return key != key ? nan_ : found(reals_, key); }

 private:
  void add(double key, std::size_t place) {
    if (key != key) nan_ = static_cast<std::ptrdiff_t>(place);
    else reals_[key] = place;
  }
  template <class Map, class Key>
  static std::ptrdiff_t found(const Map& map, const Key& key) noexcept {
    const auto at = map.find(key);
    return at == map.end() ? -1 : static_cast<std::ptrdiff_t>(at->second);
  }
  Element element_;
  std::map<std::string, std::size_t, std::less<>> texts_;
  std::map<std::int64_t, std::size_t> whole_;
  std::map<double, std::size_t> reals_;
  std::ptrdiff_t nan_ = -1;
};

struct OneHot {
  Places places;
  std::size_t count;
  bool takes_unknown;

  Trouble run(const Call& call) const {
    const Tensor& x = *call.in[0];
    if (x.rank() > 2) return kWrongShape;
    Shape& shape = call.scratch.shape;
    shape = x.shape;
    shape.push_back(static_cast<std::int64_t>(count));
    float* out = call.make<float>(0, shape);
    if (out == nullptr) return kTooLarge;
    std::fill_n(out, call.out[0]->count(), 0.0F);
    const auto mark = [&](std::ptrdiff_t place) {
      if (place >= 0) out[place] = 1;
      out += count;
      return place >= 0 || takes_unknown ? kFine : call.of_value("an unknown category");
    };
    if ((x.element == Element::text) != (places.element() == Element::text)) return kWrongType;
    return with_type(x.element, [&](auto a) -> Trouble {
      using T = decltype(a);
      for (const T value : x.list<T>()) {
        std::ptrdiff_t place = -1;
        if constexpr (std::is_same_v<T, std::string_view>) place = places.find(value);
        else if constexpr (!std::is_floating_point_v<T>) place = places.find(static_cast<std::int64_t>(value));
        else if (std::abs(static_cast<double>(value)) < 9e18) place = places.find(static_cast<std::int64_t>(value));
        if (const auto trouble = mark(place)) return trouble;
      }
      return kFine;
    });
  }
};

struct Mapping {
  Places places;
  Tensor values, otherwise;

  Trouble run(const Call& call) const {
    const Tensor& x = *call.in[0];
    if (x.element != places.element()) return kWrongType;
    return with_type(values.element, [&](auto a) -> Trouble {
      using To = decltype(a);
      To* out = call.make<To>(0, x.shape);
      if (out == nullptr) return kTooLarge;
      return with_type(x.element, [&](auto b) -> Trouble {
        using From = decltype(b);
        if constexpr (std::is_same_v<From, std::int32_t> || std::is_same_v<From, std::uint8_t>) {
          return kWrongType;
        } else {
          for (const From key : x.list<From>()) {
            const auto place = places.find(key);
            *out++ = place < 0 ? otherwise.list<To>()[0] : values.list<To>()[static_cast<std::size_t>(place)];
          }
          return kFine;
        }
      });
    });
  }
};

Trouble vectorize(const std::vector<std::int64_t>& widths, const Call& call) {
  if (call.in.size() != widths.size()) return kWrongShape;
  std::vector<MatrixView<const float>> parts;
  std::vector<std::vector<float>> buffers(call.in.size());
  std::size_t columns = 0;
  for (std::size_t k = 0; k < call.in.size(); ++k) {
    MatrixView<const float>& rows = parts.emplace_back();
    if (!float_rows(*call.in[k], buffers[k], rows)) return kWrongType;
    if (rows.rows() != parts[0].rows() || static_cast<std::int64_t>(rows.columns()) != widths[k]) return kWrongShape;
    columns += rows.columns();
  }
  float* out = call.make<float>(0, {static_cast<std::int64_t>(parts[0].rows()), static_cast<std::int64_t>(columns)});
  if (out == nullptr) return kTooLarge;
  for (std::size_t i = 0; i < parts[0].rows(); ++i) {
    for (const auto& part : parts) out = std::copy(part.row(i).begin(), part.row(i).end(), out);
  }
  return kFine;
}
}  // namespace

Kernel scaler_kernel(std::vector<float> offset, std::vector<float> scale) {
  return [offset = std::move(offset), scale = std::move(scale)](const Call& call) { return scale_rows(offset, scale, call); };
}
Kernel imputer_kernel(OnnxImputer spec) {
  return [spec = std::move(spec)](const Call& call) { return spec.i64.empty() ? impute(spec.f32, spec.replaced_f32, call) : impute(spec.i64, spec.replaced_i64, call); };
}
Kernel one_hot_kernel(OnnxOneHot spec) {
  Tensor keys;
  keys.element = spec.texts.empty() ? Element::i64 : Element::text;
  keys.i64 = spec.whole;
  keys.text.assign(spec.texts.begin(), spec.texts.end());
  const std::size_t count = std::max(spec.whole.size(), spec.texts.size());
  keys.shape = {static_cast<std::int64_t>(count)};
  return [one = std::make_shared<const OneHot>(OneHot{Places(keys), count, spec.takes_unknown})](const Call& call) { return one->run(call); };
}
Kernel mapping_kernel(OnnxMapping spec) {
  return [one = std::make_shared<const Mapping>(Mapping{Places(spec.keys), std::move(spec.values), std::move(spec.otherwise)})](const Call& call) { return one->run(call); };
}
Kernel feature_vectorizer_kernel(std::vector<std::int64_t> widths) {
  return [widths = std::move(widths)](const Call& call) { return vectorize(widths, call); };
}
}  // namespace headroom::model
