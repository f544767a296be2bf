// Models small enough to know their answers by heart.
#pragma once
#include <string>
#include <vector>

#include "model/model.h"

namespace headroom::testing {
/// A classifier of four features, named as the Iris data set's when `named`, and three classes: the class of a row is 0, 1 or 2 as
/// its third feature is below 2.5, below 5 or above; its probability 0.75, the others 0.125. NaN and infinity are refused as
/// scikit-learn does.
[[nodiscard]] model::ModelPtr toy_classifier(bool named = true, std::vector<model::Label> classes = {std::string("setosa"), std::string("versicolor"), std::string("virginica")});

/// A regressor of two nameless features: their sum.
[[nodiscard]] model::ModelPtr toy_regressor();
}  // namespace headroom::testing
