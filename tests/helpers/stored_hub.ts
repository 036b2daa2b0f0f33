/** Models of the hub that the documentation names, and the small ones of the repository in their place. */
const EMBEDDED = "demo/model";
const SUMMARIZER = "demo/summary_model";
const golden = (path: string) => `tests/golden/${path}`;

/** Folder that stands in for each name: a model of the same kind, with files of the same names. */
export const STORED_MODELS: Readonly<Record<string, string>> = {
  "BAAI/bge-m3": golden("pipelines/bert_sentences"),
  "FacebookAI/roberta-base": EMBEDDED,
  "FacebookAI/roberta-large-mnli": golden("pipelines/bert_nli"),
  "HuggingFaceTB/SmolLM2-135M": golden("pipelines/llama_chat"),
  "HuggingFaceTB/SmolLM2-135M-Instruct": golden("pipelines/llama_chat"),
  "LIAMF-USP/roberta-large-finetuned-race": golden("heads/roberta_multiple_choice"),
  "answerdotai/ModernBERT-base": golden("pipelines/modernbert"),
  "ccdv/lsg-base-4096": golden("models/lsg_norm"),
  "deepset/bert-base-cased-squad2": golden("pipelines/bert_answers"),
  "deepset/roberta-base-squad2": golden("pipelines/roberta_answers"),
  "distilbert/distilbert-base-uncased-finetuned-sst-2-english": golden("pipelines/bert_nli"),
  "dslim/bert-base-NER": golden("pipelines/bert_tags"),
  "facebook/bart-base": SUMMARIZER,
  "facebook/bart-large-cnn": SUMMARIZER,
  "facebook/bart-large-mnli": golden("pipelines/bert_nli"),
  "facebook/mbart-large-50-many-to-many-mmt": golden("pipelines/mbart50"),
  "google-bert/bert-base-uncased": golden("conversion/bert_512"),
  "google/electra-small-discriminator": golden("heads/electra_pre_training"),
  "sentence-transformers/all-MiniLM-L6-v2": golden("pipelines/bert_sentences"),
};

const root = new URL("../../", import.meta.url);

/**
 * Answers a request for a file of a model on the hub.
 *
 * @param path Path of the URL: `/owner/name/resolve/revision/file`.
 * @returns The file of the model that stands in for it, or status 404.
 */
export async function answerAsHub(path: string): Promise<Response> {
  const [, name, file] = /^\/([^/]+\/[^/]+)\/resolve\/[^/]+\/(.+)$/.exec(path) ?? [];
  const folder = STORED_MODELS[name];
  try {
    if (folder === undefined) throw new Deno.errors.NotFound();
    const bytes = await Deno.readFile(new URL(`${folder}/${file}`, root));
    return new Response(bytes, { headers: { "content-length": `${bytes.length}` } });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    // As the hub answers for a repository that it does not have.
    return new Response(null, { status: folder === undefined ? 401 : 404 });
  }
}
