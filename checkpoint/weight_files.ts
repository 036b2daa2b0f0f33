/** Files that hold all weights of a checkpoint, in the order in which they are looked for. */
export const WEIGHT_FILES = ["model.safetensors", "pytorch_model.bin"] as const;
