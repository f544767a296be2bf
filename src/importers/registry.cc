// The table of estimators: one row each. A new estimator is its importer's line and its row here, the importer and the model.
#include "formats/error.h"
#include "importers/estimator.h"
#include "importers/not_served.h"
#include "importers/old_names.h"

namespace headroom::importers {
// Each family in a file of its own, sklearn_FAMILY.cc.
Imported import_tree(const Estimator& estimator);
Imported import_forest(const Estimator& estimator);
Imported import_linear_classifier(const Estimator& estimator);
Imported import_linear_regressor(const Estimator& estimator);
Imported import_pls(const Estimator& estimator);
Imported import_ransac(const Estimator& estimator);
Imported import_gaussian_nb(const Estimator& estimator);
Imported import_discrete_nb(const Estimator& estimator);
Imported import_categorical_nb(const Estimator& estimator);
Imported import_lda(const Estimator& estimator);
Imported import_qda(const Estimator& estimator);
Imported import_svc(const Estimator& estimator);
Imported import_svr(const Estimator& estimator);
Imported import_sgd_one_class(const Estimator& estimator);
Imported import_local_outlier(const Estimator& estimator);
Imported import_elliptic_envelope(const Estimator& estimator);
Imported import_label_propagation(const Estimator& estimator);
Imported import_mixture(const Estimator& estimator);
Imported import_kernel_ridge(const Estimator& estimator);
Imported import_mlp(const Estimator& estimator);
Imported import_gp_regressor(const Estimator& estimator);
Imported import_gp_classifier(const Estimator& estimator);
Imported import_gp_binary(const Estimator& estimator);
Imported import_neighbors_classifier(const Estimator& estimator);
Imported import_neighbors_regressor(const Estimator& estimator);
Imported import_nearest_centroid(const Estimator& estimator);
Imported import_isotonic(const Estimator& estimator);
Imported import_centres(const Estimator& estimator);
Imported import_bisecting(const Estimator& estimator);
Imported import_dummy_classifier(const Estimator& estimator);
Imported import_dummy_regressor(const Estimator& estimator);
Imported import_transformed_target(const Estimator& estimator);
Imported import_standard_scaler(const Estimator& estimator);
Imported import_minmax_scaler(const Estimator& estimator);
Imported import_maxabs_scaler(const Estimator& estimator);
Imported import_robust_scaler(const Estimator& estimator);
Imported import_normalizer(const Estimator& estimator);
Imported import_binarizer(const Estimator& estimator);
Imported import_function_transformer(const Estimator& estimator);
Imported import_power_transformer(const Estimator& estimator);
Imported import_quantile_transformer(const Estimator& estimator);
Imported import_bins(const Estimator& estimator);
Imported import_polynomial(const Estimator& estimator);
Imported import_spline(const Estimator& estimator);
Imported import_projection(const Estimator& estimator);
Imported import_pls_svd(const Estimator& estimator);
Imported import_agglomeration(const Estimator& estimator);
Imported import_trees_embedding(const Estimator& estimator);
Imported import_random_features(const Estimator& estimator);
Imported import_additive_chi2(const Estimator& estimator);
Imported import_nystroem(const Estimator& estimator);
Imported import_kernel_pca(const Estimator& estimator);
Imported import_one_hot(const Estimator& estimator);
Imported import_ordinal(const Estimator& estimator);
Imported import_target_encoder(const Estimator& estimator);
Imported import_simple_imputer(const Estimator& estimator);
Imported import_missing_indicator(const Estimator& estimator);
Imported import_knn_imputer(const Estimator& estimator);
Imported import_iterative_imputer(const Estimator& estimator);
Imported import_selector(const Estimator& estimator);
Imported import_feature_union(const Estimator& estimator);
Imported import_column_transformer(const Estimator& estimator);
Imported import_count_vectorizer(const Estimator& estimator);
Imported import_hashing_vectorizer(const Estimator& estimator);
Imported import_tfidf_transformer(const Estimator& estimator);
Imported import_xgboost_booster(const Estimator& estimator);
Imported import_xgboost_wrapper(const Estimator& estimator);
Imported import_lightgbm_booster(const Estimator& estimator);
Imported import_lightgbm_wrapper(const Estimator& estimator);
Imported import_gradient_boosting(const Estimator& estimator);
Imported import_hist_boosting(const Estimator& estimator);
Imported import_bagging(const Estimator& estimator);
Imported import_voting(const Estimator& estimator);
Imported import_stacking(const Estimator& estimator);
Imported import_adaboost_classifier(const Estimator& estimator);
Imported import_adaboost_regressor(const Estimator& estimator);
Imported import_isolation_forest(const Estimator& estimator);
Imported import_calibrated(const Estimator& estimator);
Imported import_one_vs_rest(const Estimator& estimator);
Imported import_one_vs_one(const Estimator& estimator);
Imported import_output_code(const Estimator& estimator);
Imported import_multi_output(const Estimator& estimator);
Imported import_chain(const Estimator& estimator);
Imported import_threshold(const Estimator& estimator);
Imported import_pipeline(const Estimator& estimator);
Imported import_search(const Estimator& estimator);
Imported import_frozen(const Estimator& estimator);
Imported import_self_training(const Estimator& estimator);

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
    {"sklearn.linear_model._logistic.LogisticRegression", import_linear_classifier},
    {"sklearn.linear_model._logistic.LogisticRegressionCV", import_linear_classifier},
    {"sklearn.linear_model._stochastic_gradient.SGDClassifier", import_linear_classifier},
    {"sklearn.linear_model._perceptron.Perceptron", import_linear_classifier},
    {"sklearn.linear_model._passive_aggressive.PassiveAggressiveClassifier", import_linear_classifier},
    {"sklearn.linear_model._ridge.RidgeClassifier", import_linear_classifier},
    {"sklearn.linear_model._ridge.RidgeClassifierCV", import_linear_classifier},
    {"sklearn.svm._classes.LinearSVC", import_linear_classifier},
    {"sklearn.linear_model._base.LinearRegression", import_linear_regressor},
    {"sklearn.linear_model._ridge.Ridge", import_linear_regressor},
    {"sklearn.linear_model._ridge.RidgeCV", import_linear_regressor},
    {"sklearn.linear_model._coordinate_descent.Lasso", import_linear_regressor},
    {"sklearn.linear_model._coordinate_descent.LassoCV", import_linear_regressor},
    {"sklearn.linear_model._coordinate_descent.ElasticNet", import_linear_regressor},
    {"sklearn.linear_model._coordinate_descent.ElasticNetCV", import_linear_regressor},
    {"sklearn.linear_model._coordinate_descent.MultiTaskLasso", import_linear_regressor},
    {"sklearn.linear_model._coordinate_descent.MultiTaskLassoCV", import_linear_regressor},
    {"sklearn.linear_model._coordinate_descent.MultiTaskElasticNet", import_linear_regressor},
    {"sklearn.linear_model._coordinate_descent.MultiTaskElasticNetCV", import_linear_regressor},
    {"sklearn.linear_model._least_angle.Lars", import_linear_regressor},
    {"sklearn.linear_model._least_angle.LarsCV", import_linear_regressor},
    {"sklearn.linear_model._least_angle.LassoLars", import_linear_regressor},
    {"sklearn.linear_model._least_angle.LassoLarsCV", import_linear_regressor},
    {"sklearn.linear_model._least_angle.LassoLarsIC", import_linear_regressor},
    {"sklearn.linear_model._omp.OrthogonalMatchingPursuit", import_linear_regressor},
    {"sklearn.linear_model._omp.OrthogonalMatchingPursuitCV", import_linear_regressor},
    {"sklearn.linear_model._bayes.BayesianRidge", import_linear_regressor},
    {"sklearn.linear_model._bayes.ARDRegression", import_linear_regressor},
    {"sklearn.linear_model._huber.HuberRegressor", import_linear_regressor},
    {"sklearn.linear_model._quantile.QuantileRegressor", import_linear_regressor},
    {"sklearn.linear_model._theil_sen.TheilSenRegressor", import_linear_regressor},
    {"sklearn.linear_model._stochastic_gradient.SGDRegressor", import_linear_regressor},
    {"sklearn.linear_model._passive_aggressive.PassiveAggressiveRegressor", import_linear_regressor},
    {"sklearn.svm._classes.LinearSVR", import_linear_regressor},
    {"sklearn.linear_model._glm.glm.PoissonRegressor", import_linear_regressor},
    {"sklearn.linear_model._glm.glm.GammaRegressor", import_linear_regressor},
    {"sklearn.linear_model._glm.glm.TweedieRegressor", import_linear_regressor},
    {"sklearn.cross_decomposition._pls.PLSRegression", import_pls},
    {"sklearn.cross_decomposition._pls.PLSCanonical", import_pls},
    {"sklearn.cross_decomposition._pls.CCA", import_pls},
    {"sklearn.linear_model._ransac.RANSACRegressor", import_ransac},
    {"sklearn.naive_bayes.GaussianNB", import_gaussian_nb},
    {"sklearn.naive_bayes.MultinomialNB", import_discrete_nb},
    {"sklearn.naive_bayes.ComplementNB", import_discrete_nb},
    {"sklearn.naive_bayes.BernoulliNB", import_discrete_nb},
    {"sklearn.naive_bayes.CategoricalNB", import_categorical_nb},
    {"sklearn.discriminant_analysis.LinearDiscriminantAnalysis", import_lda},
    {"sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis", import_qda},
    {"sklearn.svm._classes.SVC", import_svc},
    {"sklearn.svm._classes.NuSVC", import_svc},
    {"sklearn.svm._classes.SVR", import_svr},
    {"sklearn.svm._classes.NuSVR", import_svr},
    {"sklearn.svm._classes.OneClassSVM", import_svr},
    {"sklearn.kernel_ridge.KernelRidge", import_kernel_ridge},
    {"sklearn.linear_model._stochastic_gradient.SGDOneClassSVM", import_sgd_one_class},
    {"sklearn.neighbors._lof.LocalOutlierFactor", import_local_outlier},
    {"sklearn.covariance._elliptic_envelope.EllipticEnvelope", import_elliptic_envelope},
    {"sklearn.semi_supervised._label_propagation.LabelPropagation", import_label_propagation},
    {"sklearn.semi_supervised._label_propagation.LabelSpreading", import_label_propagation},
    {"sklearn.mixture._gaussian_mixture.GaussianMixture", import_mixture},
    {"sklearn.mixture._bayesian_mixture.BayesianGaussianMixture", import_mixture},
    {"sklearn.neural_network._multilayer_perceptron.MLPClassifier", import_mlp},
    {"sklearn.neural_network._multilayer_perceptron.MLPRegressor", import_mlp},
    {"sklearn.gaussian_process._gpr.GaussianProcessRegressor", import_gp_regressor},
    {"sklearn.gaussian_process._gpc.GaussianProcessClassifier", import_gp_classifier},
    {"sklearn.gaussian_process._gpc._BinaryGaussianProcessClassifierLaplace", import_gp_binary},
    {"sklearn.neighbors._classification.KNeighborsClassifier", import_neighbors_classifier},
    {"sklearn.neighbors._classification.RadiusNeighborsClassifier", import_neighbors_classifier},
    {"sklearn.neighbors._regression.KNeighborsRegressor", import_neighbors_regressor},
    {"sklearn.neighbors._regression.RadiusNeighborsRegressor", import_neighbors_regressor},
    {"sklearn.neighbors._nearest_centroid.NearestCentroid", import_nearest_centroid},
    {"sklearn.isotonic.IsotonicRegression", import_isotonic},
    {"sklearn.cluster._kmeans.KMeans", import_centres},
    {"sklearn.cluster._kmeans.MiniBatchKMeans", import_centres},
    {"sklearn.cluster._bisect_k_means.BisectingKMeans", import_bisecting},
    {"sklearn.cluster._birch.Birch", import_centres},
    {"sklearn.cluster._mean_shift.MeanShift", import_centres},
    {"sklearn.cluster._affinity_propagation.AffinityPropagation", import_centres},
    {"sklearn.dummy.DummyClassifier", import_dummy_classifier},
    {"sklearn.dummy.DummyRegressor", import_dummy_regressor},
    {"sklearn.compose._target.TransformedTargetRegressor", import_transformed_target},
    {"sklearn.preprocessing._data.StandardScaler", import_standard_scaler},
    {"sklearn.preprocessing._data.MinMaxScaler", import_minmax_scaler},
    {"sklearn.preprocessing._data.MaxAbsScaler", import_maxabs_scaler},
    {"sklearn.preprocessing._data.RobustScaler", import_robust_scaler},
    {"sklearn.preprocessing._data.Normalizer", import_normalizer},
    {"sklearn.preprocessing._data.Binarizer", import_binarizer},
    {"sklearn.preprocessing._data.PowerTransformer", import_power_transformer},
    {"sklearn.preprocessing._data.QuantileTransformer", import_quantile_transformer},
    {"sklearn.preprocessing._data.PolynomialFeatures", import_polynomial},
    {"sklearn.preprocessing._polynomial.PolynomialFeatures", import_polynomial},
    {"sklearn.preprocessing._polynomial.SplineTransformer", import_spline},
    {"sklearn.preprocessing._function_transformer.FunctionTransformer", import_function_transformer},
    {"sklearn.preprocessing._discretization.KBinsDiscretizer", import_bins},
    {"sklearn.preprocessing._encoders.OneHotEncoder", import_one_hot},
    {"sklearn.preprocessing._encoders.OrdinalEncoder", import_ordinal},
    {"sklearn.preprocessing._target_encoder.TargetEncoder", import_target_encoder},
    {"sklearn.impute._base.SimpleImputer", import_simple_imputer},
    {"sklearn.preprocessing.imputation.Imputer", import_simple_imputer},
    {"sklearn.impute._base.MissingIndicator", import_missing_indicator},
    {"sklearn.impute._knn.KNNImputer", import_knn_imputer},
    {"sklearn.impute._iterative.IterativeImputer", import_iterative_imputer},
    {"sklearn.decomposition._pca.PCA", import_projection},
    {"sklearn.decomposition._incremental_pca.IncrementalPCA", import_projection},
    {"sklearn.decomposition._truncated_svd.TruncatedSVD", import_projection},
    {"sklearn.decomposition._factor_analysis.FactorAnalysis", import_projection},
    {"sklearn.decomposition._fastica.FastICA", import_projection},
    {"sklearn.neighbors._nca.NeighborhoodComponentsAnalysis", import_projection},
    {"sklearn.neural_network._rbm.BernoulliRBM", import_projection},
    {"sklearn.cross_decomposition._pls.PLSSVD", import_pls_svd},
    {"sklearn.cluster._agglomerative.FeatureAgglomeration", import_agglomeration},
    {"sklearn.ensemble._forest.RandomTreesEmbedding", import_trees_embedding},
    {"sklearn.random_projection.GaussianRandomProjection", import_projection},
    {"sklearn.random_projection.SparseRandomProjection", import_projection},
    {"sklearn.kernel_approximation.RBFSampler", import_random_features},
    {"sklearn.kernel_approximation.SkewedChi2Sampler", import_random_features},
    {"sklearn.kernel_approximation.AdditiveChi2Sampler", import_additive_chi2},
    {"sklearn.kernel_approximation.Nystroem", import_nystroem},
    {"sklearn.decomposition._kernel_pca.KernelPCA", import_kernel_pca},
    {"sklearn.feature_selection._univariate_selection.SelectKBest", import_selector},
    {"sklearn.feature_selection._univariate_selection.SelectPercentile", import_selector},
    {"sklearn.feature_selection._univariate_selection.SelectFpr", import_selector},
    {"sklearn.feature_selection._univariate_selection.SelectFdr", import_selector},
    {"sklearn.feature_selection._univariate_selection.SelectFwe", import_selector},
    {"sklearn.feature_selection._univariate_selection.GenericUnivariateSelect", import_selector},
    {"sklearn.feature_selection._variance_threshold.VarianceThreshold", import_selector},
    {"sklearn.feature_selection._from_model.SelectFromModel", import_selector},
    {"sklearn.feature_selection._rfe.RFE", import_selector},
    {"sklearn.feature_selection._rfe.RFECV", import_selector},
    {"sklearn.feature_selection._sequential.SequentialFeatureSelector", import_selector},
    {"sklearn.feature_extraction.text.CountVectorizer", import_count_vectorizer},
    {"sklearn.feature_extraction.text.TfidfVectorizer", import_count_vectorizer},
    {"sklearn.feature_extraction.text.HashingVectorizer", import_hashing_vectorizer},
    {"sklearn.feature_extraction.text.TfidfTransformer", import_tfidf_transformer},
    {"sklearn.pipeline.FeatureUnion", import_feature_union},
    {"sklearn.compose._column_transformer.ColumnTransformer", import_column_transformer},
    {"xgboost.core.Booster", import_xgboost_booster},
    {"xgboost.sklearn.XGBClassifier", import_xgboost_wrapper},
    {"xgboost.sklearn.XGBRegressor", import_xgboost_wrapper},
    {"xgboost.sklearn.XGBRanker", import_xgboost_wrapper},
    {"xgboost.sklearn.XGBModel", import_xgboost_wrapper},
    {"xgboost.sklearn.XGBRFClassifier", import_xgboost_wrapper},
    {"xgboost.sklearn.XGBRFRegressor", import_xgboost_wrapper},
    {"lightgbm.basic.Booster", import_lightgbm_booster},
    {"lightgbm.sklearn.LGBMClassifier", import_lightgbm_wrapper},
    {"lightgbm.sklearn.LGBMRegressor", import_lightgbm_wrapper},
    {"lightgbm.sklearn.LGBMRanker", import_lightgbm_wrapper},
    {"lightgbm.sklearn.LGBMModel", import_lightgbm_wrapper},
    {"sklearn.ensemble._gb.GradientBoostingClassifier", import_gradient_boosting},
    {"sklearn.ensemble._gb.GradientBoostingRegressor", import_gradient_boosting},
    {"sklearn.ensemble.gradient_boosting.GradientBoostingClassifier", import_gradient_boosting},
    {"sklearn.ensemble.gradient_boosting.GradientBoostingRegressor", import_gradient_boosting},
    {"sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier", import_hist_boosting},
    {"sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingRegressor", import_hist_boosting},
    {"sklearn.ensemble._bagging.BaggingClassifier", import_bagging},
    {"sklearn.ensemble._bagging.BaggingRegressor", import_bagging},
    {"sklearn.ensemble._voting.VotingClassifier", import_voting},
    {"sklearn.ensemble._voting.VotingRegressor", import_voting},
    {"sklearn.ensemble._stacking.StackingClassifier", import_stacking},
    {"sklearn.ensemble._stacking.StackingRegressor", import_stacking},
    {"sklearn.ensemble._weight_boosting.AdaBoostClassifier", import_adaboost_classifier},
    {"sklearn.ensemble._weight_boosting.AdaBoostRegressor", import_adaboost_regressor},
    {"sklearn.ensemble._iforest.IsolationForest", import_isolation_forest},
    {"sklearn.calibration.CalibratedClassifierCV", import_calibrated},
    {"sklearn.multiclass.OneVsRestClassifier", import_one_vs_rest},
    {"sklearn.multiclass.OneVsOneClassifier", import_one_vs_one},
    {"sklearn.multiclass.OutputCodeClassifier", import_output_code},
    {"sklearn.multioutput.MultiOutputClassifier", import_multi_output},
    {"sklearn.multioutput.MultiOutputRegressor", import_multi_output},
    {"sklearn.multioutput.ClassifierChain", import_chain},
    {"sklearn.multioutput.RegressorChain", import_chain},
    {"sklearn.model_selection._classification_threshold.FixedThresholdClassifier", import_threshold},
    {"sklearn.model_selection._classification_threshold.TunedThresholdClassifierCV", import_threshold},
    {"sklearn.pipeline.Pipeline", import_pipeline},
    {"sklearn.frozen._frozen.FrozenEstimator", import_frozen},
    {"sklearn.semi_supervised._self_training.SelfTrainingClassifier", import_self_training},
    {"sklearn.model_selection._search.GridSearchCV", import_search},
    {"sklearn.model_selection._search.RandomizedSearchCV", import_search},
    {"sklearn.model_selection._search_successive_halving.HalvingGridSearchCV", import_search},
    {"sklearn.model_selection._search_successive_halving.HalvingRandomSearchCV", import_search},
};
}  // namespace

std::string_view known_type(std::string_view written) {
  const auto name = modern_name(written);
  for (const auto& row : kRegistry) {
    if (row.type == name) return row.type;
  }
  return written;
}

Imported import_estimator(const Estimator& estimator) {
  for (const auto& row : kRegistry) {
    if (row.type == estimator.type) return row.import(estimator);
  }
  if (const auto why = why_not_served(estimator.type); !why.empty()) return estimator.place.refuse(std::string(estimator.name) + " cannot be served: " + std::string(why));
  return estimator.place.refuse("the estimator " + formats::printable(estimator.type) + " is not served yet (docs/predict.md lists those that are)");
}
}  // namespace headroom::importers
