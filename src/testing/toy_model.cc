#include "testing/toy_model.h"

#include <cmath>
#include <utility>

#include "base/check.h"

namespace headroom::testing {
namespace {
using model::Method;

class Toy : public model::Model {
 public:
  [[nodiscard]] const model::ModelInfo& info() const noexcept override { return info_; }

  [[nodiscard]] expected<void, model::RowError> validate(const model::Rows& rows) const override {
    CHECK(rows.width() == info_.n_features);
    const auto dense = rows.dense();
    for (std::size_t i = 0; i < dense.rows(); ++i) {
      for (std::size_t j = 0; j < dense.columns(); ++j) {
        if (std::isnan(dense(i, j))) return unexpected(model::RowError{i, j, "Input X contains NaN."});
        if (std::isinf(dense(i, j))) return unexpected(model::RowError{i, j, "Input X contains infinity."});
      }
    }
    return {};
  }

 protected:
  model::ModelInfo info_;
};

class Classifier : public Toy {
 public:
  Classifier(bool named, std::vector<model::Label> classes) {
    info_.library = "toys";
    info_.library_version = "1.0";
    info_.estimator = "ToyClassifier";
    info_.n_features = 4;
    if (named) info_.features = {"sepal_length", "sepal_width", "petal_length", "petal_width"};
    info_.classes = std::move(classes);
    info_.methods = {Method::predict, Method::predict_proba};
  }

  void predict(Method method, const model::Rows& rows, model::Output& out, model::Scratch&) const noexcept override {
    out.rows = rows.count();
    out.columns = method == Method::predict ? 1 : 3;
    out.dtype = method == Method::predict ? model::DType::i64 : model::DType::f64;
    out.f64.assign(method == Method::predict ? 0 : 3 * rows.count(), 0.125);
    out.i64.assign(method == Method::predict ? rows.count() : 0, 0);
    for (std::size_t i = 0; i < rows.count(); ++i) {
      const double petal_length = rows.dense()(i, 2);
      const std::size_t answer = petal_length < 2.5 ? 0 : petal_length < 5 ? 1 : 2;
      if (method == Method::predict) out.i64[i] = static_cast<std::int64_t>(answer);
      else out.f64[3 * i + answer] = 0.75;
    }
  }
};

class Regressor : public Toy {
 public:
  Regressor() {
    info_.library = "toys";
    info_.estimator = "ToyRegressor";
    info_.task = model::Task::regression;
    info_.n_features = 2;
    info_.methods = {Method::predict};
  }

  void predict(Method, const model::Rows& rows, model::Output& out, model::Scratch&) const noexcept override {
    out.rows = rows.count();
    out.columns = 1;
    out.dtype = model::DType::f64;
    out.f64.resize(rows.count());
    for (std::size_t i = 0; i < rows.count(); ++i) out.f64[i] = rows.dense()(i, 0) + rows.dense()(i, 1);
  }
};
}  // namespace

model::ModelPtr toy_classifier(bool named, std::vector<model::Label> classes) { return std::make_shared<Classifier>(named, std::move(classes)); }
model::ModelPtr toy_regressor() { return std::make_shared<Regressor>(); }
}  // namespace headroom::testing
