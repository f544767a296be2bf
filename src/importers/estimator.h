// What the importers of all estimators share: an estimator in the graph, the version that wrote it, and the limits of an import.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "importers/place.h"
#include "model/compiled.h"

namespace headroom::importers {
/// The release of the library that wrote an estimator. It decides what the estimator's attributes mean.
struct Version {
  int major = 0;
  int minor = 0;
  friend auto operator<=>(const Version&, const Version&) = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 misreads it
};
/// The newest release whose arithmetic has been held against the original.
inline constexpr Version kNewest{1, 9};

/// "1.5.2", "1.6.dev0" → {1, 5}, {1, 6}; anything else is none.
[[nodiscard]] std::optional<Version> parse_version(std::string_view text);

/// What one import may cost. Graphs share nodes, so a small file could name the same forest a million times.
struct Budget {
  std::uint64_t bytes_left = 0;        // of compiled models
  std::uint64_t estimators_left = 0;
};

/// An object of a class of scikit-learn, about to be imported.
struct Estimator {
  Place place;
  std::string_view type;      // full name of its class, as versions since 0.22 spell it if it is in the registry
  std::string_view name;      // the last part of it
  Version version;            // its own stamp, else its parent's, else kNewest
  bool is_stamped = false;    // version is from the file
  std::size_t depth = 0;
  Budget* budget = nullptr;
  std::size_t width_hint = 0; // columns that come in, as far as what stands around it knows; 0 = unknown
};
using Imported = Read<model::CompiledPtr>;

/// `place` as an estimator inside of `parent`; refused if it is no object or nested too deep (also: contains itself).
[[nodiscard]] Read<Estimator> as_estimator(const Place& place, const Estimator& parent);
/// The same for the outermost one.
[[nodiscard]] Read<Estimator> as_root(const Place& place, Budget& budget);

/// The registry's spelling of a class's name, old or new; `written` itself if it is not there.
[[nodiscard]] std::string_view known_type(std::string_view written);

/// Looks the class up in the registry and imports it.
[[nodiscard]] Imported import_estimator(const Estimator& estimator);

/// Takes `bytes` for a compiled part off the budget.
[[nodiscard]] Read<bool> spend(const Estimator& estimator, std::uint64_t bytes);

/// n_features_in_ (n_features_ before 0.24), which must be 1 or more.
[[nodiscard]] Read<std::size_t> n_features_of(const Estimator& estimator);
/// The same; without either attribute the width that stands around the estimator.
[[nodiscard]] Read<std::size_t> width_of(const Estimator& estimator);
/// The same of an estimator that learns nothing; 0, rows of any width, if it is the whole model and does not tell.
[[nodiscard]] Read<std::size_t> width_or_any(const Estimator& estimator);
/// Fills in library, version, class name, feature names and the line in the tree of parts. Refuses names that do not fit.
[[nodiscard]] Read<bool> describe(const Estimator& estimator, model::ModelInfo& info);
/// Fills in classes and their dtype from classes_, of which there must be n_classes_ (where that is stored).
[[nodiscard]] Read<bool> describe_classes(const Estimator& estimator, model::ModelInfo& info);
/// How an importer ends: gives the model its classes (those of describe_classes; none for a regressor or a transform) and describes it.
[[nodiscard]] Imported finish(const Estimator& estimator, model::CompiledPtr model, model::ModelInfo classes = {});
/// Whether n_outputs_ says that it answers several targets at once.
[[nodiscard]] bool has_several_outputs(const Estimator& estimator);
}  // namespace headroom::importers
