import { twice } from "./util";

/** The answer, as everybody knows. */
export const answer = twice(21);
console.log(answer);
