"""tritonclient, unmodified, against `headroom serve`: JSON and raw tensors, compression, metadata, errors. usage: tritonclient_test.py HEADROOM"""
import pathlib, re, subprocess, sys, tempfile, unittest

import joblib, numpy as np
import tritonclient.http as triton
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from tritonclient.utils import InferenceServerException

HEADROOM = pathlib.Path(sys.argv.pop(1)).resolve()
X, Y = load_iris(return_X_y=True)
MODEL = RandomForestClassifier(20, random_state=3).fit(X, Y)
ROWS = X[::10]


class Client(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        path = pathlib.Path(cls.folder.name) / "iris.joblib"
        joblib.dump(MODEL, path)
        cls.server = subprocess.Popen([HEADROOM, "serve", path, "--host", "127.0.0.1", "--port", "0", "--drain", "0"], stderr=subprocess.PIPE, text=True)
        for line in cls.server.stderr:
            if found := re.search(r"http://(127\.0\.0\.1:\d+)/predict", line):
                cls.client = triton.InferenceServerClient(found.group(1))
                return
        raise RuntimeError("the server did not start")

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.server.terminate()
        cls.server.wait(20)
        cls.server.stderr.close()
        cls.folder.cleanup()

    def infer(self, rows=ROWS, datatype="FP64", binary=True, outputs=("predict", "predict_proba"), **more):
        tensor = triton.InferInput("predict", list(rows.shape), datatype)
        tensor.set_data_from_numpy(rows, binary_data=binary)
        return self.client.infer("iris", [tensor], outputs=[triton.InferRequestedOutput(name, binary_data=binary) for name in outputs], **more)

    def test_json_and_raw_tensors_give_the_origins_bits(self):
        for binary in (True, False):
            for compression in (None, "gzip", "deflate"):
                with self.subTest(binary=binary, compression=compression):
                    answer = self.infer(binary=binary, request_compression_algorithm=compression, response_compression_algorithm="gzip" if compression else None)
                    np.testing.assert_array_equal(answer.as_numpy("predict_proba"), MODEL.predict_proba(ROWS))
                    np.testing.assert_array_equal(answer.as_numpy("predict").ravel(), MODEL.predict(ROWS))

    def test_floats_are_taken(self):
        answer = self.infer(ROWS.astype(np.float32), "FP32")
        np.testing.assert_array_equal(answer.as_numpy("predict_proba"), MODEL.predict_proba(ROWS.astype(np.float32).astype(np.float64)))

    def test_documents_are_understood(self):
        self.assertTrue(self.client.is_server_live() and self.client.is_server_ready() and self.client.is_model_ready("iris") and not self.client.is_model_ready("other"))
        self.assertEqual(self.client.get_model_metadata("iris")["inputs"], [{"name": "predict", "datatype": "FP64", "shape": [-1, 4]}])
        self.assertEqual(self.client.get_model_config("iris")["max_batch_size"], 0)
        self.assertEqual(self.client.get_model_repository_index()[0]["state"], "READY")
        self.assertIn("inference_stats", self.client.get_inference_statistics("iris")["model_stats"][0])

    def test_the_best_classes_are_told_as_texts(self):
        tensor = triton.InferInput("predict", [1, 4], "FP64")
        tensor.set_data_from_numpy(X[:1])
        best = self.client.infer("iris", [tensor], outputs=[triton.InferRequestedOutput("predict_proba", class_count=2)]).as_numpy("predict_proba")
        self.assertEqual(best.tolist()[0][0].decode().split(":")[1:], ["0", "0"])

    def test_errors_are_its_exceptions(self):
        for rows, says in ((X[:2, :3], "the model takes"), (np.full((1, 4), np.inf), "infinity")):
            with self.assertRaisesRegex(InferenceServerException, says):
                self.infer(rows)
        with self.assertRaisesRegex(InferenceServerException, "no output"):
            self.infer(outputs=("logits",))


if __name__ == "__main__":
    unittest.main()
