"""Runs VisualCircuit's code as a block: `python3 -m vc.host FILE [--strict-enable] [--ros-args …]`.

A file begins with a line `# vc-host: {…}` that says what its ports are; below it stands the code as VisualCircuit's editor
has it. `vclaunch` writes such files for projects, and runs them. What the code sees is told in docs/python.md.

    run      the program itself
    code     the file: loaded, looked through, its mistakes told with the editor's lines
    ports    `inputs`, `outputs`, `parameters`, as the code gets them
    wires    one input or output
    values   what travels, as messages and as arrays
    pace     `synchronise`, the Enable wire, the end
    models   model files by VisualCircuit's paths
    loop     code of VisualCircuit 2
    lib      what the code may import
"""
