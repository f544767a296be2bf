# headroom_embed(TARGET FILE SYMBOL): the bytes of FILE (from the top folder), in the binary, as
#   #include "generated/SYMBOL.h"   →   headroom::embedded::SYMBOL, a std::string_view (no NUL is added)
# FILE is read at build time only. This file is also the script that writes the two sources: cmake -P with INPUT, OUTPUT, SYMBOL.

if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${INPUT} hex HEX)
  file(SIZE ${INPUT} size)
  # Adjacent literals of 64 bytes: compilers read these about ten times faster than lists of numbers.
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" escaped "${hex}")
  string(REPEAT "\\\\x[0-9a-f][0-9a-f]" 64 line)
  string(REGEX REPLACE "(${line})" "\\1\"\n  \"" escaped "${escaped}")
  file(WRITE ${OUTPUT}.h "#pragma once\n#include <string_view>\n\nnamespace headroom::embedded {\nextern const std::string_view ${SYMBOL};\n}\n")
  file(WRITE ${OUTPUT}.cc "#include \"generated/${SYMBOL}.h\"\n\nnamespace headroom::embedded {\nconst std::string_view ${SYMBOL}{\n  \"${escaped}\",\n  ${size}};\n}\n")
  return()
endif()

set(HEADROOM_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(headroom_embed target file symbol)
  set(input ${CMAKE_SOURCE_DIR}/${file})
  set(output ${CMAKE_BINARY_DIR}/generated/generated/${symbol})
  add_custom_command(OUTPUT ${output}.h ${output}.cc
    COMMAND ${CMAKE_COMMAND} -DINPUT=${input} -DOUTPUT=${output} -DSYMBOL=${symbol} -P ${HEADROOM_EMBED_SCRIPT}
    DEPENDS ${input} ${HEADROOM_EMBED_SCRIPT} VERBATIM COMMENT "Embedding ${file}")
  target_sources(${target} PRIVATE ${output}.cc ${output}.h)
  # What clang-tidy needs without a build: cmake --build --preset dev --target generated
  add_custom_target(generated_${symbol} DEPENDS ${output}.h ${output}.cc)
  if(NOT TARGET generated)
    add_custom_target(generated)
  endif()
  add_dependencies(generated generated_${symbol})
  add_dependencies(${target} generated_${symbol})  # so that two build steps never write one file
endfunction()
