"""Holds the vectors of an index against onnxruntime's: `reference.py MODEL DOCUMENTS VECTORS`."""

import json
import struct
import sys

import numpy as np
import onnxruntime
import tokenizers

model, documents, vectors = sys.argv[1:]
tokenizer = tokenizers.Tokenizer.from_file(f"{model}/tokenizer.json")
tokenizer.no_padding()
tokenizer.enable_truncation(128)
session = onnxruntime.InferenceSession(f"{model}/model.onnx")


def reference(text):
    ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
    inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    return session.run(None, inputs)[0][0].mean(axis=0)


def cosine(a, b):
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


data = open(vectors, "rb").read()
assert data[-8:] == b"mlsvec01"
(length,) = struct.unpack("<I", data[-12:-8])
footer = json.loads(data[-12 - length : -12])
size = 16 + 4 + footer["dimensions"]
texts = [json.loads(line) for line in open(documents)]
assert footer["passages"] == len(texts) == 20, footer
cosines = []
for at, document in enumerate(texts):
    found = np.frombuffer(data[at * size + 20 : (at + 1) * size], dtype=np.int8).astype(float)
    cosines.append(cosine(found, reference(f"{document['title']}. {document['text']}")))
print(f"20 vectors against onnxruntime: cosines from {min(cosines):.4f} to {max(cosines):.4f}")
assert min(cosines) >= 0.99, cosines
