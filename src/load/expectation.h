// What an answer must be like to count as a success: compiled from workload::Expect.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "workload/scenario.h"

namespace headroom::load {
struct Answer {
  int status = 0;
  std::string_view body;
  Duration service{};
};

/// One task's expectations. Not thread-safe (the JSON parser keeps its buffers): each thread has its own.
class Expectation {
 public:
  explicit Expectation(const workload::Expect& expect);
  Expectation(Expectation&&) noexcept;
  ~Expectation();

  /// Names a failure, shortly and from a small set: "HTTP 503", "HTTP 302 (redirects are not followed)",
  /// "expectation failed: prediction is none of the 3 values"; nullopt = success. The text lives as long as this object.
  [[nodiscard]] std::optional<std::string_view> broken(const Answer& answer);
  [[nodiscard]] bool needs_body() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
}  // namespace headroom::load
