// Kubernetes quantities ("200m", "128Mi", "1e3") exactly: a whole number of billionths and the notation that it was written in.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/expected.h"

namespace headroom::hpa {
enum class QuantityError : std::uint8_t { malformed, unknown_suffix };

/// Source: k8s.io/apimachinery/pkg/api/resource. Finer fractions than 1n are rounded up (away from zero), as there; a magnitude
/// above 2^63-1 becomes 2^63-1.
class Quantity {
 public:
  enum class Format : std::uint8_t { decimal_si, binary_si, decimal_exponent };

  Quantity() = default;
  [[nodiscard]] static Quantity of_milli(std::int64_t milli, Format format = Format::decimal_si);
  [[nodiscard]] static Quantity of_whole(std::int64_t value, Format format = Format::decimal_si);
  [[nodiscard]] static expected<Quantity, QuantityError> parse(std::string_view text);

  /// Thousandths, rounded up; saturates at int64.
  [[nodiscard]] std::int64_t milli() const;
  /// Whole units, rounded up.
  [[nodiscard]] std::int64_t whole() const;
  /// True if it has no fraction below one thousandth.
  [[nodiscard]] bool is_milli() const;
  [[nodiscard]] int sign() const { return nano_ < 0 ? -1 : nano_ > 0; }
  /// Mantissa * 10^exponent of the canonical text, as upstream computes a tolerance from its quantity.
  [[nodiscard]] double approximate() const;
  /// Canonical text, as the API prints it: "200m", "1500m", "128Mi", "1k".
  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool less_than(const Quantity& other) const { return nano_ < other.nano_; }

 private:
  __extension__ using Wide = __int128;
  Wide nano_ = 0;
  Format format_ = Format::decimal_si;
};
}  // namespace headroom::hpa
