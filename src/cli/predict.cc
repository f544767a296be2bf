#include "inspect/predict.h"

#include <memory>

#include "cli/commands.h"

namespace headroom::cli {
Action add_predict(CLI::App& command) {
  auto options = std::make_shared<inspect::PredictOptions>();
  command.add_option("MODEL", options->model, "Model file of scikit-learn, XGBoost, LightGBM, skops or ONNX; told by content, not by name")->required();
  command.add_option("ROWS", options->rows, "Rows: .npy, or .csv with a header; - reads standard input")->required();
  command.add_option("--method", options->method, "predict, predict_proba, decision_function or transform")
      ->check(CLI::IsMember({"predict", "predict_proba", "decision_function", "transform"}))
      ->capture_default_str()
      ->group("What");
  command.add_option("--select", options->load.select, "Key or index of the model inside a dict, tuple or list")->type_name("KEY")->group("What");
  command.add_option("-o,--output", options->output, "File .npy (exact bits) or .csv; - is CSV on standard output")->type_name("FILE")->capture_default_str()->group("Where");
  command.footer("Examples:\n"
                 "  headroom predict examples/iris/model.joblib examples/iris/rows.npy\n"
                 "  headroom predict model.joblib rows.csv --method predict_proba --output proba.npy");
  return [options] {
    const auto done = inspect::predict(*options);
    return done ? static_cast<int>(ExitCode::done) : print(done.error());
  };
}
}  // namespace headroom::cli
