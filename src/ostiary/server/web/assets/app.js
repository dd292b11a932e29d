import "./swapping.js";
import "./theme.js";
import "./dialogs.js";
import "./lists.js";
import "./drawer.js";
import "./palette.js";
import "./keyboard.js";
import "./pictures.js";
