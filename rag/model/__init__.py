"""The weights of `rag.labelling` and what they are: `labelling.onnx`, `labelling.json`, made by `rag.training`."""
