// Lines that stay and a table that is redrawn below them.
#pragma once
#include <string>
#include <vector>

#include "scale/session.h"

namespace headroom::scale {
/// `kubectl get hpa` and `kubectl top pods` in one: a head line and a line for each replica.
[[nodiscard]] std::vector<std::string> table(const SessionStatus& status, const Options& options);
/// The head line alone, for where no terminal is.
[[nodiscard]] std::string summary(const SessionStatus& status, const Options& options);

/// Writes to stdout. Not thread-safe.
class Screen {
 public:
  explicit Screen(bool terminal) : terminal_(terminal) {}
  void line(const std::string& text);
  void show(const std::vector<std::string>& rows);  // nothing where no terminal is

 private:
  void erase();
  bool terminal_;
  std::vector<std::string> shown_;
};
}  // namespace headroom::scale
