// The table of estimators: one row each. A new estimator is its importer's line and its row here, the importer and the model.
#include "formats/error.h"
#include "importers/estimator.h"

namespace headroom::importers {
// Each family in a file of its own, sklearn_FAMILY.cc.
Imported import_tree(const Estimator& estimator);
Imported import_forest(const Estimator& estimator);
Imported import_logistic(const Estimator& estimator);
Imported import_standard_scaler(const Estimator& estimator);
Imported import_pipeline(const Estimator& estimator);
Imported import_search(const Estimator& estimator);

namespace {
struct Row {
  std::string_view type;
  Imported (*import)(const Estimator&);
};

constexpr Row kRegistry[] = {
    {"sklearn.tree._classes.DecisionTreeClassifier", import_tree},
    {"sklearn.tree._classes.DecisionTreeRegressor", import_tree},
    {"sklearn.tree._classes.ExtraTreeClassifier", import_tree},
    {"sklearn.tree._classes.ExtraTreeRegressor", import_tree},
    {"sklearn.ensemble._forest.RandomForestClassifier", import_forest},
    {"sklearn.ensemble._forest.RandomForestRegressor", import_forest},
    {"sklearn.ensemble._forest.ExtraTreesClassifier", import_forest},
    {"sklearn.ensemble._forest.ExtraTreesRegressor", import_forest},
    {"sklearn.linear_model._logistic.LogisticRegression", import_logistic},
    {"sklearn.linear_model._logistic.LogisticRegressionCV", import_logistic},
    {"sklearn.preprocessing._data.StandardScaler", import_standard_scaler},
    {"sklearn.pipeline.Pipeline", import_pipeline},
    {"sklearn.model_selection._search.GridSearchCV", import_search},
    {"sklearn.model_selection._search.RandomizedSearchCV", import_search},
    {"sklearn.model_selection._search_successive_halving.HalvingGridSearchCV", import_search},
    {"sklearn.model_selection._search_successive_halving.HalvingRandomSearchCV", import_search},
};
}  // namespace

Imported import_estimator(const Estimator& estimator) {
  for (const auto& row : kRegistry) {
    if (row.type == estimator.type) return row.import(estimator);
  }
  return estimator.place.refuse("the estimator " + formats::printable(estimator.type) + " is not served yet (docs/predict.md lists those that are)");
}
}  // namespace headroom::importers
