// Many classes by many questions of two: one-vs-rest, one-vs-one, error-correcting codes.
#pragma once
#include <vector>

#include "model/member.h"
#include "model/pair_scores.h"

namespace headroom::model {
/// Which of one-versus-rest's scores is the largest: of equal ones the last up to scikit-learn 1.7, the first since. Scores are looked
/// at in that order, and none behind a NaN counts. Source: sklearn.multiclass.OneVsRestClassifier.predict.
[[nodiscard]] std::size_t largest_of_rest(std::span<const double> scores, bool last_of_equals) noexcept;

/// Sources: sklearn.multiclass.OneVsRestClassifier, OneVsOneClassifier, OutputCodeClassifier; utils.multiclass._ovr_decision_function.
class OneVs final : public Compiled {
 public:
  enum class Scheme : std::uint8_t {
    rest,         // a member for each class; predict: the largest score
    rest_binary,  // one member for two classes
    rest_labels,  // multi-label: predict is 1 where the score passes the threshold, else 0; [n, members]
    one,          // a member for each pair: votes, and confidences for ties
    code,         // the class whose row of the code book is nearest to the scores
  };
  struct Spec {
    std::vector<Member> members;
    Scheme scheme = Scheme::rest;
    std::size_t n_features = 0;
    std::size_t n_classes = 2;
    bool last_of_equals = false;      // rest: up to 1.7 the last of equal scores wins
    bool keep_zero_row = false;       // rest: since 1.7 a row of zero probabilities stays zero instead of NaN
    double threshold = 0;             // where two classes part
    Confidence confidence = Confidence::squeezed;   // one
    bool root_of_distance = false;    // code: up to 1.2 distances are compared, not their squares
    std::vector<double> code_book;    // code: [n_classes, members]
    std::vector<Method> methods;
    bool finite_only = false;         // it refuses NaN and infinity itself, whatever its members take
  };
  explicit OneVs(Spec spec);
  [[nodiscard]] const std::vector<Member>& members() const noexcept { return spec_.members; }
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override { return members_take_all(spec_.members, magnitude); }

 private:
  void ask_scores(Method method, const Rows& rows, double* out, Scratch& scratch) const noexcept;
  void pair_votes(const Rows& rows, double* out, Scratch& scratch) const noexcept;
  [[nodiscard]] std::int64_t label(const double* scores) const noexcept;
  [[nodiscard]] std::size_t nearest_code(const double* scores) const noexcept;
  void probabilities(const double* scores, double* out) const noexcept;
  Spec spec_;
};
}  // namespace headroom::model
