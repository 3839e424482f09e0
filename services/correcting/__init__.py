"""Correcting an act: who would change, the corrected revision going live, and results told anew."""
