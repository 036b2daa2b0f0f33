// A page's worker, as in the tutorials: one pipeline, made when the first message comes.
import { pipeline } from "@lsg/core";

class ClassifierSingleton {
  static task = "text-classification";
  static model = "pipelines/bert_nli";
  static instance = null;

  static getInstance(progress_callback = null) {
    this.instance ??= pipeline(this.task, this.model, { progress_callback });
    return this.instance;
  }
}

self.addEventListener("message", async (event) => {
  // Whatever the pipeline says while it loads is handed on to the page.
  const classifier = await ClassifierSingleton.getInstance((data) => self.postMessage(data));
  const output = await classifier(event.data.text);
  self.postMessage({ status: "complete", output });
});
