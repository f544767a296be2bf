// A value of the graph together with the attribute path that led to it, so that every refusal can say where.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "formats/value.h"
#include "model/model.h"

namespace headroom::importers {
/// Why a graph cannot be served exactly. path: "model.steps[1][1].coef_". offset: where that value stands in the stream, 0 = unknown.
struct ImportError {
  std::string what;
  std::string path;
  std::size_t offset = 0;
};

template <class T>
using Read = expected<T, ImportError>;

class Place {
 public:
  Place(formats::Value value, std::string path) : value_(value), path_(std::move(path)) {}

  [[nodiscard]] const formats::Value& value() const { return value_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool is_none() const { return value_.is(formats::Kind::none); }
  [[nodiscard]] tl::unexpected<ImportError> refuse(std::string what) const;
  /// "… is a list of 3, not an array".
  [[nodiscard]] tl::unexpected<ImportError> mismatch(std::string_view wanted) const;

  /// An attribute of an object (from its state), or nothing.
  [[nodiscard]] std::optional<Place> find(std::string_view name) const;
  /// The same; an absent one is refused: the estimator is not fitted, or its attribute has another name in a version not known.
  [[nodiscard]] Read<Place> need(std::string_view name) const;
  /// Element of a tuple, list or object array. index < size().
  [[nodiscard]] Place item(std::size_t index) const;
  /// Elements of a tuple, list or one-dimensional object array.
  [[nodiscard]] Read<std::size_t> size() const;

  [[nodiscard]] Read<std::int64_t> integer() const;
  [[nodiscard]] Read<bool> boolean() const;
  [[nodiscard]] Read<std::string> text() const;
  /// A number ≥ 0 that may serve as a count.
  [[nodiscard]] Read<std::size_t> count() const;
  [[nodiscard]] Read<const formats::NdArray*> array() const;
  /// All values of a numeric array of exactly this shape, in C order; NaN and infinity are values like others.
  [[nodiscard]] Read<std::vector<double>> numbers(std::vector<std::uint64_t> shape) const;
  /// A numeric array's values and shape, whatever that is.
  [[nodiscard]] Read<std::vector<double>> numbers() const;
  /// Class labels: a one-dimensional array of numbers, booleans or texts.
  [[nodiscard]] Read<std::vector<model::Label>> labels() const;
  /// Feature names: an array or list of texts.
  [[nodiscard]] Read<std::vector<std::string>> names() const;

 private:
  formats::Value value_;
  std::string path_;
};
}  // namespace headroom::importers
