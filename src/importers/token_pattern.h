// token_pattern: the regular expressions that can be served without an engine for them.
#pragma once
#include "importers/place.h"
#include "model/tokens.h"

namespace headroom::importers {
/// What re.findall(pattern) finds, where that is the longest runs of characters of one class: \b\w\w+\b (the default), \b\w+\b, \w+,
/// \w\w+, \w{2,}, \S+, [a-z]+, [A-Za-z0-9_]+ and the like, with (?u) or without. Other patterns are refused.
[[nodiscard]] Read<model::TokenClass> token_class_of(const Place& pattern);
}  // namespace headroom::importers
