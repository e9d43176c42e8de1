import { twice } from "./util";

/** The answer, as everybody knows. */
export const answer: number = twice(21);
console.log(answer);
