// CountVectorizer, TfidfVectorizer, HashingVectorizer, TfidfTransformer.
#include <algorithm>

#include "formats/error.h"
#include "importers/stop_words.h"
#include "importers/token_pattern.h"
#include "importers/values.h"
#include "model/vectorizer.h"

namespace headroom::importers {
using formats::Kind;
using model::RowNorm;
using model::Tokenizer;

namespace {
constexpr std::size_t kMostColumns = 1U << 24U;

/// Attributes that hold code of the user's when they are not None.
Read<bool> refuse_code(const Estimator& estimator) {
  for (const auto* name : {"tokenizer", "preprocessor"}) {
    const auto place = estimator.place.find(name);
    if (place && !place->is_none()) return place->refuse("a " + std::string(name) + " of one's own is code, which is not served");
  }
  HEADROOM_TRY(input, text_of(estimator, "input"));
  if (input != "content") return estimator.place.find("input")->refuse("only documents themselves (input='content') are served");
  return true;
}

Read<std::vector<std::string>> stop_words_of(const Estimator& estimator) {
  const auto place = estimator.place.find("stop_words");
  if (!place || place->is_none()) return std::vector<std::string>();
  if (place->value().is(Kind::text)) {
    if (place->value().text() == "english") return english_stop_words();
    return place->refuse("the list of stop words '" + formats::printable(place->value().text(), 40) + "' is not known");
  }
  if (place->value().array() != nullptr) return place->names();
  std::vector<std::string> words;
  if (!place->value().is(Kind::list) && !place->value().is(Kind::tuple) && !place->value().is(Kind::set)) return place->mismatch("a list or set of words");
  for (const auto& word : place->value().items()) {
    if (!word.is(Kind::text)) return place->mismatch("a list or set of words");
    words.emplace_back(word.text());
  }
  return words;
}

Read<Tokenizer> tokenizer_of(const Estimator& estimator) {
  HEADROOM_TRY_VOID(refuse_code(estimator));
  Tokenizer::Spec spec;
  HEADROOM_TRY(analyzer, estimator.place.need("analyzer"));
  const auto word = analyzer.value().text();
  if (!analyzer.value().is(Kind::text) || (word != "word" && word != "char" && word != "char_wb")) return analyzer.refuse("an analyzer of one's own is code, which is not served");
  spec.analyzer = word == "word" ? model::Analyzer::word : word == "char" ? model::Analyzer::characters : model::Analyzer::characters_in_words;
  HEADROOM_TRY(accents, estimator.place.need("strip_accents"));
  if (!accents.is_none()) {
    const auto how = accents.value().text();
    if (!accents.value().is(Kind::text) || (how != "unicode" && how != "ascii")) return accents.refuse("strip_accents is neither 'unicode' nor 'ascii'");
    spec.accents = how == "ascii" ? model::Accents::ascii : model::Accents::strip;
  }
  HEADROOM_TRY(lower, flag_of(estimator, "lowercase", true));
  spec.lower = lower;
  if (spec.analyzer == model::Analyzer::word) {
    HEADROOM_TRY(pattern, estimator.place.need("token_pattern"));
    HEADROOM_TRY(token, token_class_of(pattern));
    spec.token = std::move(token);
    HEADROOM_TRY(stop_words, stop_words_of(estimator));
    spec.stop_words = std::move(stop_words);
  }
  HEADROOM_TRY(range, estimator.place.need("ngram_range"));
  HEADROOM_TRY(count, range.size());
  if (count != 2) return range.mismatch("a pair (least, most)");
  HEADROOM_TRY(least, range.item(0).count());
  HEADROOM_TRY(most, range.item(1).count());
  if (least < 1 || most < least || most > 1000) return range.refuse("no range of lengths from 1 up");
  spec.least = least;
  spec.most = most;
  return Tokenizer(std::move(spec));
}

Read<RowNorm> norm_of(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("norm"));
  if (place.is_none()) return RowNorm::none;
  const auto name = place.value().text();
  if (!place.value().is(Kind::text) || (name != "l1" && name != "l2")) return place.refuse("the norm is neither 'l1' nor 'l2'");
  return name == "l1" ? RowNorm::l1 : RowNorm::l2;
}

/// idf_, since 1.5; before, the diagonal of a sparse matrix.
Read<std::vector<double>> idf_of(const Estimator& transformer) {
  if (const auto place = transformer.place.find("idf_")) return place->numbers();
  HEADROOM_TRY(matrix, transformer.place.need("_idf_diag"));
  HEADROOM_TRY(data, matrix.need("data"));
  HEADROOM_TRY(array, data.array());
  if (array->shape.size() == 2 && array->shape[0] != 1) return data.mismatch("a diagonal");   // of a dia_matrix it is (1, n)
  return data.numbers();
}

Read<model::Weighting> weighting_of(const Estimator& transformer) {
  model::Weighting weighting;
  HEADROOM_TRY(norm, norm_of(transformer));
  weighting.norm = norm;
  HEADROOM_TRY(sublinear, flag_of(transformer, "sublinear_tf", false));
  weighting.sublinear = sublinear;
  HEADROOM_TRY(use_idf, flag_of(transformer, "use_idf", true));
  if (use_idf) {
    HEADROOM_TRY(idf, idf_of(transformer));
    weighting.idf = std::move(idf);
  }
  return weighting;
}

Read<model::Vocabulary> vocabulary_of(const Estimator& estimator, std::size_t& n_columns) {
  HEADROOM_TRY(place, estimator.place.need("vocabulary_"));
  if (!place.value().is(Kind::dict) || place.value().items().empty()) return place.mismatch("a dict of terms");
  const auto pairs = place.value().items();
  n_columns = pairs.size() / 2;
  if (n_columns > kMostColumns) return place.refuse("more than " + std::to_string(kMostColumns) + " terms");
  std::vector<std::pair<std::string, std::uint32_t>> terms;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    HEADROOM_TRY(column, real_of(Place(pairs[i + 1], place.path() + "[…]")));
    if (!pairs[i].is(Kind::text) || !(column >= 0 && column < static_cast<double>(n_columns)) || column != static_cast<double>(static_cast<std::uint32_t>(column))) {
      return place.refuse("a term whose column is none of " + std::to_string(n_columns));
    }
    bytes += pairs[i].text().size();
    terms.emplace_back(pairs[i].text(), static_cast<std::uint32_t>(column));
  }
  HEADROOM_TRY_VOID(spend(estimator, 2 * bytes + terms.size() * 128));
  if (bytes >= 0xffffffffU) return place.refuse("the terms are longer than 4 GiB");
  return model::Vocabulary(std::move(terms));
}

Imported finish(const Estimator& estimator, Tokenizer tokenizer, model::Vectorization how) {
  auto model = std::make_shared<model::Vectorizer>(std::move(tokenizer), std::move(how));
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace

Imported import_count_vectorizer(const Estimator& estimator) {
  HEADROOM_TRY(tokenizer, tokenizer_of(estimator));
  model::Vectorization how;
  HEADROOM_TRY(vocabulary, vocabulary_of(estimator, how.n_columns));
  how.vocabulary.emplace(std::move(vocabulary));
  HEADROOM_TRY(binary, flag_of(estimator, "binary", false));
  how.binary = binary;
  if (estimator.name == "TfidfVectorizer") {
    HEADROOM_TRY(place, estimator.place.need("_tfidf"));
    HEADROOM_TRY(transformer, as_estimator(place, estimator));
    HEADROOM_TRY(weighting, weighting_of(transformer));
    if (!weighting.idf.empty() && weighting.idf.size() != how.n_columns) return place.refuse("idf_ has another length than vocabulary_");
    how.weighting = std::move(weighting);
  }
  return finish(estimator, std::move(tokenizer), std::move(how));
}

Imported import_hashing_vectorizer(const Estimator& estimator) {
  HEADROOM_TRY(tokenizer, tokenizer_of(estimator));
  model::Vectorization how;
  HEADROOM_TRY(place, estimator.place.need("n_features"));
  HEADROOM_TRY(n_columns, place.count());
  if (n_columns == 0 || n_columns > kMostColumns) return place.refuse("1 to " + std::to_string(kMostColumns) + " columns are served");
  how.n_columns = n_columns;
  HEADROOM_TRY(alternate_sign, flag_of(estimator, "alternate_sign", true));
  HEADROOM_TRY(binary, flag_of(estimator, "binary", false));
  HEADROOM_TRY(norm, norm_of(estimator));
  how.alternate_sign = alternate_sign;
  how.binary = binary;
  how.weighting.norm = norm;
  return finish(estimator, std::move(tokenizer), std::move(how));
}

Imported import_tfidf_transformer(const Estimator& estimator) {
  HEADROOM_TRY(weighting, weighting_of(estimator));
  std::size_t n_features = weighting.idf.size();
  if (n_features == 0) {
    HEADROOM_TRY(width, width_of(estimator));
    n_features = width;
  }
  HEADROOM_TRY_VOID(spend(estimator, n_features * sizeof(double)));
  auto model = std::make_shared<model::TfidfTransform>(n_features, std::move(weighting));
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
