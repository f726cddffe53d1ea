"""The weights of `tagger.py` and what they are: `tagger.onnx`, `tagger.json`, made by `train.py`."""
