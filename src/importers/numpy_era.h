// Which numpy a release of scikit-learn was used with, where that shows in the last bit of its answers.
#pragma once
#include "importers/estimator.h"
#include "model/numpy_exp.h"
#include "model/numpy_log.h"
#include "model/numpy_partition.h"

namespace headroom::importers {
/// The file does not say it: that of the time when the release was current.
[[nodiscard]] inline model::NumpyLog log_of(Version version) {
  if (version < Version{1, 0}) return model::NumpyLog::nearest;
  if (version < Version{1, 1}) return model::NumpyLog::table;
  return version < Version{1, 5} ? model::NumpyLog::fast : model::NumpyLog::accurate;
}

[[nodiscard]] inline model::NumpyExp exp_of(Version version) {
  if (version < Version{1, 0}) return model::NumpyExp::nearest;
  if (version < Version{1, 1}) return model::NumpyExp::table;
  return version < Version{1, 5} ? model::NumpyExp::fast : model::NumpyExp::accurate;
}

[[nodiscard]] inline model::Partition partition_of(Version version) {
  return version < Version{1, 5} ? model::Partition::introselect : model::Partition::vectors;
}
}  // namespace headroom::importers
