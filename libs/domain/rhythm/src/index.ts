export { afEpisodes } from './af-detector.js';
