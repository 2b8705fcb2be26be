"""The clusterer among its peers."""

import numpy
import pytest

pytest.importorskip("sklearn")

from kinfolk import GraphSegmenter
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

BLOBS, TRUTH = make_blobs(300, centers=4, n_features=3, cluster_std=0.6, random_state=3)


@pytest.mark.filterwarnings("ignore::kinfolk.KinfolkWarning")
@parametrize_with_checks([GraphSegmenter(threads=1)])
def test_what_scikit_learn_expects(estimator, check):
    check(estimator)


def test_it_finds_blobs_alone_and_in_a_pipeline():
    alone = GraphSegmenter().fit(BLOBS)
    assert adjusted_rand_score(alone.labels_, TRUTH) > 0.95
    assert alone.n_segments_ == 4 and alone.supported_ is True and alone.n_features_in_ == 3
    assert alone.probabilities_.shape == (300,) and numpy.nanmin(alone.probabilities_) >= 0
    piped = make_pipeline(StandardScaler(), GraphSegmenter()).fit_predict(BLOBS)
    assert adjusted_rand_score(piped, TRUTH) > 0.95


def test_parameters_reach_the_engine():
    two = clone(GraphSegmenter(n_segments=2, random_state=5, neighbors=10)).fit(BLOBS)
    assert two.n_segments_ == 2
    assert two.result_.info["neighbors"] == 10
    with pytest.raises(ValueError, match="invalid value 'nearest' for '--metric"):
        GraphSegmenter(metric="nearest").fit(BLOBS)


def test_predict_is_what_the_model_assigns():
    fitted = GraphSegmenter().fit(BLOBS)
    new, truth = make_blobs(100, centers=4, n_features=3, cluster_std=0.6, random_state=3)
    assert adjusted_rand_score(fitted.predict(new), truth) > 0.95
    assert numpy.mean(fitted.predict(BLOBS) == fitted.labels_) > 0.97
    assert set(fitted.predict(new[:3])) <= set(range(4))


def test_a_missing_value_is_one():
    holes = BLOBS.copy()
    holes[::10, 0] = numpy.nan
    with pytest.warns(match="missing values"):
        labels = GraphSegmenter().fit_predict(holes)
    assert adjusted_rand_score(labels, TRUTH) > 0.8


def test_whole_numbers_are_numbers_and_no_codes_or_ids():
    whole = numpy.round(BLOBS * 10).astype(int)
    assert adjusted_rand_score(GraphSegmenter().fit_predict(whole), TRUTH) > 0.9


def test_probabilities_add_up_and_agree_with_what_is_predicted():
    # Blobs cut in two: about the cuts there is doubt.
    points, _ = make_blobs(400, centers=3, n_features=2, cluster_std=0.6, random_state=3)
    new, _ = make_blobs(200, centers=3, n_features=2, cluster_std=1.2, random_state=3)
    new[0] = numpy.nan
    fitted = GraphSegmenter(resolution=0.3).fit(points)
    probabilities = fitted.predict_proba(new)
    assert probabilities.shape == (200, fitted.n_segments_) and fitted.n_segments_ > 3 and probabilities.min() >= 0
    numpy.testing.assert_allclose(probabilities.sum(axis=1), 1)
    numpy.testing.assert_allclose(probabilities[0], 1 / fitted.n_segments_)
    assert (probabilities.argmax(axis=1) == fitted.predict(new)).all()
    # Also of those whom the model knows, some of whom fell elsewhere more often.
    assert (fitted.predict_proba(points).argmax(axis=1) == fitted.predict(points)).all()
    # The second of the model is the second here.
    assigned = fitted.result_.assign({"row": range(200), "x0": new[:, 0].tolist(), "x1": new[:, 1].tolist()}, novelty=0, allow_outside=True)
    second = [(row, int(one) - 1) for row, one in enumerate(assigned["second_segment"]) if one is not None]
    assert len(second) > 50
    for row, segment in second:
        assert (probabilities[row] > probabilities[row, segment]).sum() == 1


def test_one_segment_is_certain():
    cloud = numpy.random.default_rng(0).normal(size=(300, 2))
    fitted = GraphSegmenter(resolution=0.0001).fit(cloud)
    assert fitted.n_segments_ == 1 and (fitted.predict_proba(cloud[:4]) == 1).all()
